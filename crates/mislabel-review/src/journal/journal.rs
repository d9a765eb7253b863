//! A journal that is open.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use mislabel_core::PartialLabels;

use crate::decisions::board::Board;
use crate::decisions::event::{Action, Event};
use crate::error::{Error, Result};
use crate::journal::clock::now;
use crate::journal::contents::read_into;
use crate::journal::header::Header;
use crate::journal::line::Line;

/// The most characters of the name of an operation, of a reviewer or a tag, and of a note.
const LONGEST_NAME: usize = 100;
const LONGEST_NOTE: usize = 2000;

/// The journal of a review: a file to which every action is added as a line, and forced to the disk, before it counts.
///
/// The file is JSON lines: a header that says which labels it is about, then a line an event. A power cut may tear the
/// last line; it is left out, [`notices`](Self::notices) says so, and the next line takes its place. One process writes; a
/// second one only reads.
///
/// ```
/// use mislabel_core::Labels;
/// use mislabel_review::{Action, Circumstances, Decision, Journal};
///
/// let given = Labels::new(vec![0, 1], 2)?.into();
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("review.jsonl");
///
/// let mut journal = Journal::open(&path, &given)?;
/// let keep = Action::Decide { row: 1, decision: Decision::Keep, circumstances: Circumstances::default() };
/// journal.write("op 1", "ann", vec![keep.clone()])?;
/// journal.write("op 1", "ann", vec![keep])?; // sent again: nothing happens
/// drop(journal);
///
/// let journal = Journal::open(&path, &given)?;
/// assert_eq!(journal.board().verdict(1).map(|verdict| verdict.decision), Some(Decision::Keep));
/// assert_eq!(journal.board().last_seq(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    given: PartialLabels,
    board: Board,
    notices: Vec<String>,
    /// `None` where another process writes.
    file: Option<Writable>,
}

#[derive(Debug)]
struct Writable {
    file: File,
    /// Bytes that are whole lines; whatever lies behind is cut off before the next line is written.
    length: u64,
    /// Held as long as this is; the system lets go of it with the process, however that ends.
    _lock: File,
}

impl Journal {
    /// Opens the journal at `path` of a review of the `given` labels, or begins one.
    ///
    /// # Errors
    /// [`Error::OtherLabels`] for the journal of other labels, [`Error::JournalLine`] at a line that cannot be read,
    /// [`Error::Io`] for what keeps the file from being read or made.
    pub fn open(path: impl AsRef<Path>, given: &PartialLabels) -> Result<Self> {
        let path = path.as_ref();
        Self::with_lock(path, given, locked(path)?)
    }

    /// Opens the journal at `path` to read it, whoever writes it.
    ///
    /// # Errors
    /// As [`open`](Self::open); also when there is no such file.
    pub fn read(path: impl AsRef<Path>, given: &PartialLabels) -> Result<Self> {
        let mut journal = Self::with_lock(path.as_ref(), given, None)?;
        journal.notices.pop();
        Ok(journal)
    }

    /// Opens the journal, to write it if there is a `lock`.
    fn with_lock(path: &Path, given: &PartialLabels, lock: Option<File>) -> Result<Self> {
        let failed = Error::io(path);
        let mut bytes = Vec::new();
        match File::open(path) {
            Ok(mut file) => drop(file.read_to_end(&mut bytes).map_err(failed)?),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound && lock.is_some() => {}
            Err(cause) => return Err(failed(cause)),
        }
        let mut board = Board::new(given);
        let contents = read_into(&mut board, path, &bytes, given)?;
        let mut notices = Vec::new();
        if contents.torn > 0 {
            notices.push(format!(
                "{}: the last line was cut off ({} bytes, as after a power cut) and is left out; {} events were read",
                path.display(),
                contents.torn,
                board.last_seq()
            ));
        }
        if lock.is_none() {
            notices.push(Error::ReadOnly { path: path.into() }.to_string());
        }
        let file = lock.map(|lock| writable(path, contents.whole as u64, lock, given)).transpose()?;
        Ok(Self { path: path.into(), given: given.clone(), board, notices, file })
    }

    /// Records `actions` of `reviewer` as one operation called `op`, on the disk once this returns; gives the number of the
    /// last event. Actions that were recorded under the same `op` before are left out, so that a client may send an
    /// operation again when it does not know whether it arrived.
    ///
    /// # Errors
    /// [`Error::ReadOnly`], [`Error::Text`] at a name or a note that is empty or too long, [`Error::Unknown`] at a sample or
    /// a class that does not exist, [`Error::NothingToKeep`] where a sample has no label to keep, [`Error::Io`] when the disk does not take the lines. Nothing is recorded then.
    pub fn write(&mut self, op: &str, reviewer: &str, actions: Vec<Action>) -> Result<u64> {
        check_texts(op, reviewer, &actions)?;
        let known: Vec<&Action> = self.board.operation(op).map(|event| &event.action).collect();
        let fresh: Vec<Action> = actions.into_iter().filter(|action| !known.contains(&action)).collect();
        if fresh.is_empty() {
            return Ok(self.board.last_seq());
        }
        let events = self.numbered(op, reviewer, fresh);
        events.iter().try_for_each(|event| self.board.check_action(&event.action))?;
        let lines = self.lines(&events)?;
        let Some(file) = &mut self.file else { return Err(Error::ReadOnly { path: self.path.clone() }) };
        file.append(&lines).map_err(Error::io(&self.path))?;
        for event in events {
            self.board.apply(event)?;
        }
        Ok(self.board.last_seq())
    }

    /// Takes back the last operation of `reviewer` that can be; gives the samples it was on.
    ///
    /// # Errors
    /// [`Error::NothingToUndo`], and as [`write`](Self::write).
    pub fn undo(&mut self, op: &str, reviewer: &str) -> Result<Vec<u32>> {
        let sent = self.board.operation(op).next().map(|event| event.seq);
        let before = match sent {
            // Sent again.
            Some(seq) => seq - 1,
            None => {
                let last = self.board.last_operation(reviewer);
                let (first, last) = last.ok_or_else(|| Error::NothingToUndo { reviewer: reviewer.into() })?;
                let before = self.board.last_seq();
                self.write(op, reviewer, vec![Action::Undo { first, last }])?;
                before
            }
        };
        Ok(self.board.changed_since(before).into_iter().collect())
    }

    fn numbered(&self, op: &str, reviewer: &str, actions: Vec<Action>) -> Vec<Event> {
        let (time, next) = (now(), self.board.last_seq() + 1);
        let event = |(action, seq)| Event { seq, op: op.into(), time: time.clone(), reviewer: reviewer.into(), action };
        actions.into_iter().zip(next..).map(event).collect()
    }

    fn lines(&self, events: &[Event]) -> Result<Vec<u8>> {
        let mut lines = Vec::new();
        for event in events {
            let written = serde_json::to_writer(&mut lines, &Line::of(event, &self.given));
            written.map_err(|error| Error::Io { path: self.path.clone(), cause: error.into() })?;
            lines.push(b'\n');
        }
        Ok(lines)
    }

    /// Where the review stands.
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// What a person should know of how the journal was opened: a line that was cut off, another process that writes.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Whether this process only reads the journal.
    pub fn is_read_only(&self) -> bool {
        self.file.is_none()
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Writable {
    /// Adds `lines` and waits for the disk. After a failure the file ends where it did.
    fn append(&mut self, lines: &[u8]) -> std::io::Result<()> {
        let result = self.try_append(lines);
        if result.is_ok() {
            self.length += lines.len() as u64;
        } else {
            // Where this fails too, the rest is cut off before the next line.
            let _ = self.file.set_len(self.length);
        }
        result
    }

    fn try_append(&mut self, lines: &[u8]) -> std::io::Result<()> {
        if self.file.metadata()?.len() != self.length {
            self.file.set_len(self.length)?;
        }
        self.file.seek(SeekFrom::Start(self.length))?;
        self.file.write_all(lines)?;
        self.file.sync_data()
    }
}

/// The journal at `path`, of which `length` bytes are whole lines, with its header.
fn writable(path: &Path, length: u64, lock: File, given: &PartialLabels) -> Result<Writable> {
    let failed = Error::io(path);
    let file = OpenOptions::new().create(true).write(true).truncate(false).open(path).map_err(failed)?;
    let mut writable = Writable { file, length, _lock: lock };
    if length == 0 {
        let mut line = serde_json::to_vec(&Header::of(given, now())).map_err(|error| failed(error.into()))?;
        line.push(b'\n');
        writable.append(&line).map_err(failed)?;
        sync_folder(path).map_err(failed)?;
    }
    Ok(writable)
}

/// Forces the entry of the file in its folder to the disk, where the system can.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// The lock of the journal; `None` where another process has it. A file system without locks locks nothing.
fn locked(path: &Path) -> Result<Option<File>> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock = PathBuf::from(name);
    let file = File::options().create(true).append(true).open(&lock).map_err(Error::io(&lock))?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(_)) | Ok(()) => Ok(Some(file)),
    }
}

fn check_texts(op: &str, reviewer: &str, actions: &[Action]) -> Result<()> {
    named("the name of an operation", op)?;
    named("the name of a reviewer", reviewer)?;
    actions.iter().try_for_each(|action| match action {
        Action::Tag { tag, .. } => named("the name of a tag", tag),
        Action::Note { note, .. } => match note.chars().count() {
            found if found > LONGEST_NOTE => Err(Error::Text { what: "a note", found, most: LONGEST_NOTE }),
            _ => Ok(()),
        },
        _ => Ok(()),
    })
}

fn named(what: &'static str, name: &str) -> Result<()> {
    match name.trim().chars().count() {
        found @ 1..=LONGEST_NAME if found == name.chars().count() => Ok(()),
        found => Err(Error::Text { what, found, most: LONGEST_NAME }),
    }
}
