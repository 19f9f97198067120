"""Pages → HTML: Jinja2 in a sandbox. Unknown names are errors, and everything is escaped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from kpigen import __version__
from kpigen.base.digests import file_digest
from kpigen.base.resources import resource, template_folders
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span, shorten
from kpigen.i18n.languages import language_of
from kpigen.i18n.messages import messages
from kpigen.site.pages.charts import Medium, draw
from kpigen.site.pages.page import Page
from kpigen.site.render import look
from kpigen.site.render.qr import qr_code

#: The stylesheet of all pages, among the assets.
STYLESHEET = "kpigen.css"

#: What a template expression may raise besides Jinja's own errors, such as text plus number or division by zero.
_OF_EXPRESSIONS = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)


class BrokenTemplate(Exception):  # noqa: N818  # carries the diagnostic to the command
    """A template that cannot be used."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        """Store the diagnostic."""
        self.diagnostic = diagnostic


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox, with a fast path for the fields of our own frozen records: templates mostly read these."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return attr in getattr(type(obj), "__dataclass_fields__", ()) or super().is_safe_attribute(obj, attr, value)


#: Digests of templates that came with earlier versions of kpigen. A repository may still have a copy of one. It does
#: not count as the repository's own template, because records have a different shape now.
_EARLIER = {
    "print/report.html": frozenset({"fa104d142ddba851f452b51b75972f6d8568f214a03a6a3f0a356d1b402bd411"}),
    "report.html": frozenset({"289406c580ff076c76a51259d9f384dc4753fd3c4e352b7257dd1c0466e398cd"}),
    "withdrawn.html": frozenset({"5e1f8a6c491100af466695a8325c2e85226e326c5f23edea083e980be8dec095"}),
    "partials/macros.html": frozenset({"8389f01fc4bc5921268741cda4507b277850b5b6ec13d5125fcc815bc67723b8"}),
}


class _Loader(FileSystemLoader):
    """Loads a repository's own templates and those of kpigen. A copy of an earlier kpigen template counts as kpigen's."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, path, is_fresh = super().get_source(environment, template)
        earlier = _EARLIER.get(template)
        if earlier and file_digest(Path(path).read_bytes()) in earlier:
            return FileSystemLoader(resource("templates")).get_source(environment, template)
        return source, path, is_fresh


class Renderer:
    """Renders templates. A repository's own `templates/` may replace single files of kpigen's."""

    def __init__(self, root: Path | None) -> None:
        """Take the repository's folder; None means kpigen's own templates only."""
        self._folders = template_folders(root)
        #: The stylesheet embedded in charts on paper.
        self.chart_style = look.of_charts_on_paper(self._folders)
        #: What is added to the stylesheet of papers whose texts might run off the page.
        self.fit_style = look.of_fitted_paper(self._folders)
        self._environment = _Environment(
            loader=_Loader(self._folders),
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
            html = template.render(_=words.gettext, ngettext=words.ngettext, language=language, **values)
        except TemplateSyntaxError as error:
            raise BrokenTemplate(self._problem(error.name or name, error.lineno, error.message or "syntax")) from error
        except (TemplateError, *_OF_EXPRESSIONS) as error:
            where, line = self._place(error, name)
            says = str(error) if isinstance(error, TemplateError) else f"{type(error).__name__}: {error}"
            raise BrokenTemplate(self._problem(where, line, says or type(error).__name__)) from error
        return "\n".join(line.rstrip() for line in html.splitlines() if line.strip()) + "\n"

    def problems(self) -> list[Diagnostic]:
        """Return the syntax errors of the templates. Errors that depend on values show only in `page`."""
        found = []
        for name in self._environment.list_templates(extensions=["html"]):
            try:
                self._environment.get_template(name)
            except TemplateSyntaxError as error:
                found.append(self._problem(error.name or name, error.lineno, error.message or "syntax"))
        return found

    def source(self, name: str) -> bytes:
        """Return the bytes of a template."""
        return Path(self._environment.get_template(name).filename or name).read_bytes()

    def assets(self) -> dict[str, bytes]:
        """Return the files of templates/assets by name, with the tokens in the stylesheet. The repository's own files win."""
        found: dict[str, bytes] = {}
        for folder in self._folders:
            for path in sorted((folder / "assets").glob("*")):
                if path.is_file() and not path.name.startswith("."):
                    found.setdefault(path.name, path.read_bytes())
        found[STYLESHEET] = look.of_pages(self._folders, found[STYLESHEET])
        return dict(sorted(found.items()))

    def _place(self, error: Exception, name: str) -> tuple[str, int]:
        """Return the template and line where an error was raised: in the innermost template, or in `name` if none was entered."""
        traceback, place = error.__traceback__, (name, 0)
        while traceback is not None:
            file = Path(traceback.tb_frame.f_code.co_filename)
            for folder in self._folders:
                if file.is_relative_to(folder):
                    place = (file.relative_to(folder).as_posix(), traceback.tb_lineno)
                    break
            traceback = traceback.tb_next
        return place

    @staticmethod
    def _problem(name: str, line: int, message: str) -> Diagnostic:
        return catalogue.TEMPLATE_BROKEN.at(Span(f"templates/{name}", max(line, 1)), problem=shorten(message, 200))
