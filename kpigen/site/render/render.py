"""Pages → HTML: Jinja2 in a sandbox. Unknown names are errors, and everything is escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError

from kpigen import __version__
from kpigen.base.digests import file_digest
from kpigen.base.resources import Found, TemplateFolder, found_in, template_folders
from kpigen.base.share import OutOfShare
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span, shorten
from kpigen.diagnostics.terms import why
from kpigen.i18n.languages import language_of
from kpigen.i18n.messages import messages
from kpigen.site.pages.charts import Medium, draw
from kpigen.site.pages.page import Page
from kpigen.site.render import look
from kpigen.site.render.qr import qr_code
from kpigen.site.render.sandbox import Sandbox

#: The stylesheet of all pages, among the assets.
STYLESHEET = "kpigen.css"
_ASSETS = "assets/"

#: A page with more characters is refused. The largest page of a company of thousands has a tenth of it.
MAX_LENGTH = 20_000_000


class BrokenTemplate(Exception):  # noqa: N818  # carries the diagnostic to the command
    """A template that cannot be used, or a document that cannot be made."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        """Store the diagnostic."""
        self.diagnostic = diagnostic


#: Digests of templates that came with earlier versions of kpigen. A repository may still have a copy of one. It does
#: not count as the repository's own template, because records have a different shape now.
_EARLIER = {
    "print/report.html": frozenset({"fa104d142ddba851f452b51b75972f6d8568f214a03a6a3f0a356d1b402bd411"}),
    "report.html": frozenset({"289406c580ff076c76a51259d9f384dc4753fd3c4e352b7257dd1c0466e398cd"}),
    "withdrawn.html": frozenset({"5e1f8a6c491100af466695a8325c2e85226e326c5f23edea083e980be8dec095"}),
    "partials/macros.html": frozenset({"8389f01fc4bc5921268741cda4507b277850b5b6ec13d5125fcc815bc67723b8"}),
}


class _Loader(BaseLoader):
    """Loads a repository's own templates and those of kpigen. A copy of an earlier kpigen template counts as kpigen's."""

    def __init__(self, folders: Sequence[TemplateFolder]) -> None:
        self._folders = folders

    def found(self, name: str) -> Found:
        """Return the template of this name. Raise BrokenTemplate if it cannot be read."""
        try:
            for item in found_in(self._folders, name):
                if file_digest(item.data) not in _EARLIER.get(name, ()):
                    return item
        except OSError as error:
            raise unread(name, error) from error
        raise TemplateNotFound(name)

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        del environment
        item = self.found(template)
        return item.data.decode(), str(item.path), lambda: True

    def list_templates(self) -> list[str]:
        return sorted({name for folder in self._folders for name in _files(folder)})


def _files(folder: TemplateFolder) -> list[str]:
    try:
        return folder.files()
    except OSError as error:
        raise unread(Path(error.filename or "").name, error) from error


class Renderer:
    """Renders templates. A repository's own `templates/` may replace single files of kpigen's."""

    def __init__(self, root: Path | None) -> None:
        """Take the repository's folder; None means kpigen's own templates only. Raise BrokenTemplate if one cannot be read."""
        self._folders = template_folders(root)
        self._loader = _Loader(self._folders)
        try:
            #: The stylesheet embedded in charts on paper.
            self.chart_style = look.of_charts_on_paper(self._folders)
            #: What is added to the stylesheet of papers whose texts might run off the page.
            self.fit_style = look.of_fitted_paper(self._folders)
        except OSError as error:
            raise unread("look", error) from error
        self._environment = Sandbox(
            loader=self._loader,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals["version"] = __version__
        self._environment.globals["qr"] = qr_code
        self._environment.globals["language_of"] = language_of
        self._environment.globals["draw"] = draw
        self._environment.globals["on_paper"] = Medium(self.chart_style)

    def page(self, page: Page, languages: tuple[str, ...]) -> str:
        """Return a page's HTML."""
        return self.template(
            page.template, page.language, page=page, view=page.view, languages=languages, link=page.link
        )

    def template(self, name: str, language: str, **values: Any) -> str:
        """Return a template filled with values. Raise BrokenTemplate, with file and line, if that fails."""
        words = messages(language)
        try:
            template = self._environment.get_template(name)
            html = _joined(template.generate(_=words.gettext, ngettext=words.ngettext, language=language, **values))
        except BrokenTemplate:
            raise  # a template that cannot be read
        except Exception as error:  # a template may call for anything: text plus number, division by zero, itself
            raise BrokenTemplate(self._problem(error, name)) from error
        except OutOfShare as error:
            where, line = self._place(error, name)
            if not self._is_own(where):
                raise  # the page has too much to show
            raise BrokenTemplate(catalogue.TEMPLATE_ENDLESS.at(_span(where, line))) from error
        return "\n".join(line.rstrip() for line in html.splitlines() if line.strip()) + "\n"

    def problems(self) -> list[Diagnostic]:
        """Return the errors of templates that cannot be read. Errors that depend on values show only in `page`."""
        found = []
        try:
            names = self._environment.list_templates(extensions=["html"])
        except BrokenTemplate as broken:
            return [broken.diagnostic]
        for name in names:
            try:
                self._environment.get_template(name)
            except BrokenTemplate as broken:
                found.append(broken.diagnostic)
            except Exception as error:  # broken syntax, nested too deeply for Python, not UTF-8
                found.append(self._problem(error, name))
        return found

    def source(self, name: str) -> bytes:
        """Return the bytes of a template."""
        return self._loader.found(name).data

    def assets(self) -> dict[str, bytes]:
        """Return the files of templates/assets by name, with the tokens in the stylesheet. The repository's own files win."""
        names = {name for folder in self._folders for name in _files(folder)}
        assets = (name.removeprefix(_ASSETS) for name in names if name.startswith(_ASSETS))
        found = {name: self._loader.found(_ASSETS + name).data for name in sorted(assets) if "/" not in name}
        try:
            found[STYLESHEET] = look.of_pages(self._folders, found[STYLESHEET])
        except OSError as error:
            raise unread("look", error) from error
        return found

    def _is_own(self, name: str) -> bool:
        """Return True if a template is the repository's own."""
        return any(folder.is_own and name in _files(folder) for folder in self._folders)

    def _problem(self, error: Exception, name: str) -> Diagnostic:
        """Return the finding for what a template raised, which was asked for by `name`."""
        if isinstance(error, TemplateSyntaxError):
            says = shorten(error.message or "syntax", 200)
            return catalogue.TEMPLATE_BROKEN.at(_span(error.name or name, error.lineno), problem=says)
        where = _span(*self._place(error, name))
        if isinstance(error, MemoryError | _TooLong):
            return catalogue.PAGE_TOO_LARGE.at(where, limit=f"{MAX_LENGTH:,}")
        says = str(error) if isinstance(error, TemplateError) else f"{type(error).__name__}: {error}"
        return catalogue.TEMPLATE_BROKEN.at(where, problem=shorten(says or type(error).__name__, 200))

    def _place(self, error: BaseException, name: str) -> tuple[str, int]:
        """Return the template and line where an error was raised: in the innermost template, or in `name` if none was entered."""
        traceback, place = error.__traceback__, (name, 0)
        while traceback is not None:
            file = Path(traceback.tb_frame.f_code.co_filename)
            for folder in self._folders:
                if file.is_relative_to(folder.path):
                    place = (file.relative_to(folder.path).as_posix(), traceback.tb_lineno)
                    break
            traceback = traceback.tb_next
        return place


def unread(name: str, error: OSError) -> BrokenTemplate:
    """Return what to raise for a template that cannot be read: kpigen's own in its place would be another page."""
    return BrokenTemplate(catalogue.TEMPLATE_BROKEN.at(_span(name, 1), problem=why(error)))


class _TooLong(Exception):  # noqa: N818
    """A page goes beyond `MAX_LENGTH`."""


def _joined(pieces: Iterable[str]) -> str:
    """Return the pieces of a page as one text that can be written as UTF-8."""
    kept, length = [], 0
    for piece in pieces:
        length += len(piece)
        if length > MAX_LENGTH:
            raise _TooLong
        kept.append(piece)
    html = "".join(kept)
    html.encode()  # refuses lone surrogates
    return html


def _span(template: str, line: int) -> Span:
    return Span(f"templates/{template}", max(line, 1))
