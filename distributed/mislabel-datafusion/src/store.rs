//! Where results are kept: a folder of a file system or of an object store.

use std::fmt;
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use url::Url;

use crate::error::{Error, Result};

/// A folder in which whole objects are written and read. Every write replaces the object at once or not at all.
#[derive(Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    prefix: Path,
    url: Url,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Store").field(&self.url.as_str()).finish()
    }
}

/// The URL of a location: a path of the file system becomes absolute.
///
/// # Errors
/// [`Error::Input`] for what is neither.
pub fn url_of(location: &str) -> Result<Url> {
    if location.contains("://") {
        return Url::parse(location).map_err(|error| Error::Input(format!("{location} is no location: {error}")));
    }
    let path = std::path::absolute(location).map_err(|error| Error::Input(format!("{location}: {error}")))?;
    Url::from_file_path(&path).map_err(|()| Error::Input(format!("{location} is no path of a file system")))
}

impl Store {
    /// The folder at `location`: a path, or a URL of a scheme that this build knows (`file`; `s3`, `gs`, `az` by features),
    /// with what the environment says of keys and regions.
    ///
    /// # Errors
    /// [`Error::Input`] for a location that no feature of this build serves.
    pub fn open(location: &str) -> Result<Self> {
        let url = url_of(location)?;
        let (objects, prefix) = parsed(&url)?;
        Ok(Self { objects, prefix, url })
    }

    /// The folder's URL, without a slash at its end.
    pub fn location(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    /// The URL of an object or folder in it.
    pub fn location_of(&self, name: &str) -> String {
        format!("{}/{name}", self.location())
    }

    fn path(&self, name: &str) -> Path {
        name.split('/').filter(|part| !part.is_empty()).fold(self.prefix.clone(), |path, part| path.join(part))
    }

    fn failed(&self, name: &str) -> impl FnOnce(object_store::Error) -> Error + use<> {
        let location = self.location_of(name);
        move |source| Error::Store { location, source }
    }

    /// Writes an object.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<()> {
        self.objects.put(&self.path(name), PutPayload::from(bytes)).await.map_err(self.failed(name))?;
        Ok(())
    }

    /// Reads an object; `None` where there is none.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn get(&self, name: &str) -> Result<Option<Vec<u8>>> {
        match self.objects.get(&self.path(name)).await {
            Ok(found) => Ok(Some(found.bytes().await.map_err(self.failed(name))?.to_vec())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed(name)(error)),
        }
    }

    /// Reads an object that must be there.
    ///
    /// # Errors
    /// [`Error::Store`]; [`Error::Damaged`] where there is none.
    pub async fn need(&self, name: &str) -> Result<Vec<u8>> {
        let missing = || Error::Damaged(format!("{} is not there", self.location_of(name)));
        self.get(name).await?.ok_or_else(missing)
    }

    /// The first `length` bytes of an object.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn head(&self, name: &str, length: u64) -> Result<Vec<u8>> {
        Ok(self.objects.get_range(&self.path(name), 0..length).await.map_err(self.failed(name))?.to_vec())
    }

    /// Rows in all Parquet files of a folder, from their footers.
    pub(crate) async fn parquet_rows(&self, folder: &str) -> Result<u64> {
        use datafusion::parquet::file::metadata::ParquetMetaDataReader;

        let found: Vec<_> =
            self.objects.list(Some(&self.path(folder))).try_collect().await.map_err(self.failed(folder))?;
        let mut rows = 0;
        for object in found.iter().filter(|object| object.location.as_ref().ends_with(".parquet")) {
            let damaged = |what: String| Error::Damaged(format!("{}: {what}", object.location));
            let range = |from: u64, to: u64| self.objects.get_range(&object.location, from..to);
            let end = object.size.checked_sub(8).ok_or_else(|| damaged("it is no Parquet file".to_owned()))?;
            let tail = range(end, object.size).await.map_err(self.failed(folder))?;
            let length = tail.first_chunk::<4>().map_or(0, |length| u64::from(u32::from_le_bytes(*length)));
            let start = end.checked_sub(length).ok_or_else(|| damaged("its footer is damaged".to_owned()))?;
            let footer = range(start, end).await.map_err(self.failed(folder))?;
            let metadata =
                ParquetMetaDataReader::decode_metadata(&footer).map_err(|error| damaged(error.to_string()))?;
            rows += u64::try_from(metadata.file_metadata().num_rows()).unwrap_or(0);
        }
        Ok(rows)
    }

    /// The names of the objects in a folder of it, sorted.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn list(&self, folder: &str) -> Result<Vec<String>> {
        let prefix = self.path(folder);
        let found: Vec<_> = self.objects.list(Some(&prefix)).try_collect().await.map_err(self.failed(folder))?;
        let name = |path: &Path| {
            let parts: Vec<_> = path.prefix_match(&prefix)?.map(|part| part.as_ref().to_owned()).collect();
            Some(format!("{folder}/{}", parts.join("/")))
        };
        let mut names: Vec<String> = found.iter().filter_map(|object| name(&object.location)).collect();
        names.sort();
        Ok(names)
    }

    /// Removes a folder with all that is in it.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn clear(&self, folder: &str) -> Result<()> {
        let names = self.list(folder).await?;
        let paths: Vec<_> = names.iter().map(|name| Ok(self.path(name))).collect();
        let paths = futures::stream::iter(paths).boxed();
        self.objects.delete_stream(paths).try_collect::<Vec<_>>().await.map_err(self.failed(folder))?;
        Ok(())
    }
}

/// How variables of the environment begin that speak of stores.
const PREFIXES: [&str; 3] = ["AWS_", "GOOGLE_", "AZURE_"];

/// The store of a URL and the path in it.
pub(crate) fn parsed(url: &Url) -> Result<(Arc<dyn ObjectStore>, Path)> {
    let refuse = |error: object_store::Error| {
        let schemes = "this build knows file paths and file://";
        let more = [("s3", cfg!(feature = "s3")), ("gs", cfg!(feature = "gcs")), ("az", cfg!(feature = "azure"))];
        let more: String =
            more.iter().filter(|(_, there)| *there).map(|(scheme, _)| format!(", {scheme}://")).collect();
        let others = "; features s3, gcs and azure add others";
        Error::Input(format!("{url} cannot be opened: {error}. {schemes}{more}{others}"))
    };
    // A folder that is not there yet has to be written to, so only the root is opened.
    let said = std::env::vars().filter(|(name, _)| PREFIXES.iter().any(|prefix| name.starts_with(prefix)));
    let (objects, path) = object_store::parse_url_opts(url, said).map_err(refuse)?;
    Ok((Arc::from(objects), path))
}

/// Waits for what is asked of a store, from a thread of an engine that may not wait itself.
pub(crate) fn wait<T: Send>(work: impl Future<Output = Result<T>> + Send) -> Result<T> {
    let on_thread = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Error::Lost(format!("no thread for reading the store: {error}")))?;
        runtime.block_on(work)
    };
    std::thread::scope(|scope| match scope.spawn(on_thread).join() {
        Ok(outcome) => outcome,
        Err(_) => Err(Error::Lost("reading the store ended with a panic".to_owned())),
    })
}
