//! `mislabel completions` and `mislabel man`: what shells and `man` want to know.

use std::io::{Write, stdout};

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use crate::failure::Result;

const COMPLETIONS: &str = "\
Examples:
  mislabel completions bash > ~/.local/share/bash-completion/completions/mislabel
  mislabel completions zsh > ~/.zfunc/_mislabel
  mislabel completions fish > ~/.config/fish/completions/mislabel.fish";

const MAN: &str = "\
Examples:
  mislabel man > mislabel.1 && man ./mislabel.1";

/// Print completions for a shell.
#[derive(Args)]
#[command(after_help = COMPLETIONS)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    /// The completions of the command line `C`.
    pub(crate) fn run<C: CommandFactory>(&self) -> Result<()> {
        let mut script = Vec::new();
        generate(self.shell, &mut C::command(), "mislabel", &mut script);
        Ok(stdout().write_all(&script)?)
    }
}

/// Print the manual page.
#[derive(Args)]
#[command(after_help = MAN)]
pub(crate) struct Man {}

impl Man {
    /// The manual page of the command line `C`, with a section for every subcommand.
    pub(crate) fn run<C: CommandFactory>(&self) -> Result<()> {
        let command = C::command();
        let mut page = Vec::new();
        clap_mangen::Man::new(command.clone()).render(&mut page)?;
        for subcommand in command.get_subcommands().filter(|subcommand| !subcommand.is_hide_set()) {
            let name = format!("mislabel {}", subcommand.get_name());
            let man = clap_mangen::Man::new(subcommand.clone().name(name));
            man.render_synopsis_section(&mut page)?;
            man.render_description_section(&mut page)?;
            man.render_options_section(&mut page)?;
        }
        Ok(stdout().write_all(&page)?)
    }
}
