"""The command line: find the command and import only its module. Each command is a function in `kpigen.commands`."""

from __future__ import annotations

import importlib
import sys

import click

from kpigen import __version__
from kpigen.base.memory import bound_memory

# command → (module, one line of help). A module is imported only when its command runs, so that `--version` is instant.
_COMMANDS = {
    "init": ("init", "Set up a repository of reviews: forms, settings, checks of pull requests."),
    "new": ("new", "Write a draft of a review, with a comment above each metric."),
    "check": ("check", "Check reviews, rules, roster and settings; show every problem."),
    "score": ("score", "Score reviews and show how each number is calculated."),
    "submit": ("lifecycle", "Submit complete drafts, so that they can be confirmed."),
    "confirm": ("lifecycle", "Record who confirms submitted reviews."),
    "publish": ("lifecycle", "Publish submitted reviews and seal them."),
    "amend": ("amend", "Amend a published review, with a reason."),
    "withdraw": ("amend", "Withdraw a published review, with a reason."),
    "diff": ("diff", "Show what changed in meaning between two revisions, and why scores changed."),
    "simulate": ("simulate", "Show what changed rules would do to existing reviews."),
    "log": ("log", "Show the history from git as changes in meaning, with their effect on scores."),
    "build": ("build", "Render the site and its PDFs."),
    "serve": ("serve", "Show the site while you write, with drafts and problems."),
    "verify": ("verify", "Verify a PDF: is it consistent, on record, signed?"),
    "textconv": ("textconv", "Print a review as plain lines, for `git diff`."),
    "form": ("form", "List the forms, or show one as text."),
    "schema": ("schema", "Print the file formats as JSON Schema, for editors."),
}


class _SpeakingContext(click.Context):
    """A context that writes help in the language of commands."""

    def make_formatter(self) -> click.HelpFormatter:
        from kpigen.commands.help import HelpInLanguage

        return HelpInLanguage(self.terminal_width, self.max_content_width)


class _Commands(click.Group):
    """A group that imports a command only when it is needed."""

    context_class = _SpeakingContext

    def invoke(self, ctx: click.Context) -> object:
        """Run the command. What is wrong with its use is said here, where `--root` is known, and with it the language."""
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            error.show()
            ctx.exit(error.exit_code)
        except click.Abort:
            click.echo(_said("Aborted!"), err=True)
            ctx.exit(1)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"kpigen.commands.{_COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        command.context_class = _SpeakingContext
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_said("Commands")):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            from kpigen.commands.language import said_here
            from kpigen.diagnostics.diagnostic import nearest

            near = nearest(args[0], _COMMANDS)
            if near:
                ctx.fail(said_here("No command {name!r}. Did you mean {near!r}?", name=args[0], near=near))
            ctx.fail(said_here("No command {name!r}. `kpigen --help` lists them.", name=args[0]))
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="kpigen %(version)s")
@click.option(
    "--root", metavar="DIR", help="The repository of reviews (default: this folder, or the nearest one above)."
)
@click.pass_context
def cli(ctx: click.Context, root: str | None) -> None:
    """Performance reviews (绩效考核) from Markdown: scored, explained, rendered as a site and PDFs.

    A review is one Markdown file with YAML front matter under reviews/. A form is one YAML file under rules/.

    \b
    A review, step by step:
      kpigen new --form front-desk --employee PM-0002 --period 2026-07    write a draft
      kpigen check                                                        see what is wrong or missing
      kpigen score reviews/2026-07/PM-0002.front-desk.md                  see how it scores
      kpigen submit FILE    kpigen confirm FILE --role employee    kpigen publish FILE
      kpigen serve                                                        see it while you write
      kpigen build                                                        render site/

    Exit codes: 0 success, 1 problems in the files, 2 wrong use of the command.
    """
    ctx.obj = root


def _said(text: str) -> str:
    from kpigen.commands.help import said

    return said(text)


def _said_by_count(one: str, many: str, count: int) -> str:
    from kpigen.commands.help import said_by_count

    return said_by_count(one, many, count)


# Click says its texts by these two names, which gettext has in each of its modules.
for _module in (click.core, click.exceptions, click.formatting, click.parser, click.termui, click.types):
    for _name, _ours in (("_", _said), ("ngettext", _said_by_count)):
        if hasattr(_module, _name):
            setattr(_module, _name, _ours)


def main() -> None:
    """Run the command line. A failure of the operating system gives one sentence, not a traceback."""
    bound_memory()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        cli(prog_name="kpigen")
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        from kpigen.commands.language import said_here

        reason = error.strerror or error
        click.echo(said_here("kpigen: cannot go on:{where}: {reason}", where=where, reason=reason), err=True)
        sys.exit(1)
