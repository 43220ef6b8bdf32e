"""`suining service ...`: one subject at a time for the services of the city, as JSON or as a page to print.

Here: the commands, what they ask for, the look in the access log. Not here: what a service gets (publication/services.yaml),
its rows (service_answer.py), the page (service_page.py).
"""

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from suining_data.access import NUMBERS
from suining_data.commands.errors import Mistake
from suining_data.commands.excel import replacing, write_for_excel
from suining_data.commands.looks import Purpose
from suining_data.commands.output import print_json
from suining_data.commands.published import check_text, opened
from suining_data.display import console, visible
from suining_data.settings import settings

service_app = typer.Typer(no_args_is_help=True, help="按主体提供的服务 · Services, one subject at a time.")
PERSON = typer.Option("--person", metavar="NUMBER", help="Identity number, or golden id, of the person.")
ORGANIZATION = typer.Option(
    "--organization", metavar="NUMBER", help="Credit code, another number, or golden id, of the organisation."
)
SAID = {"authorization": "授权书编号"}  # on a page
AUTHORIZATION = re.compile("(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9-]{7,39}")
Page = Annotated[
    Path | None, typer.Option("--page", metavar="FILE", help="Write a page to print (HTML) instead of JSON.")
]


@service_app.command()
def prefill(
    person: Annotated[str | None, PERSON] = None,
    organization: Annotated[str | None, ORGANIZATION] = None,
    purpose: Purpose = None,
    page: Page = None,
) -> None:
    """Show what a form at the service window is filled in with: of one person, or of one organisation."""
    if person is not None and organization is None:
        serve("prefill", "person", person, purpose, page)
    elif organization is not None and person is None:
        serve("prefill", "organization", organization, purpose, page)
    else:
        raise Mistake(
            "请用 --person 或 --organization 指明一个主体 (name one subject, with --person or with --organization)"
        )


@service_app.command()
def citizen(person: Annotated[str, PERSON], purpose: Purpose = None, page: Page = None) -> None:
    """Show what the bases say of a person, for this person, and who looked at it."""
    serve("citizen", "person", person, purpose, page, with_looks=True)


@service_app.command()
def lender(
    organization: Annotated[str, ORGANIZATION],
    authorization: Annotated[
        str, typer.Option(metavar="NUMBER", help="Number under which the firm has authorised the lender.")
    ],
    purpose: Purpose = None,
    page: Page = None,
) -> None:
    """Show a lender the profile of a firm that has authorised it.

    The authorization is not looked up anywhere: the platform that calls this does that. Its number is in the access log.
    """
    number = authorization.strip()
    if not AUTHORIZATION.fullmatch(number) or NUMBERS.search(number):
        raise Mistake(
            "授权书编号应为8至40位字母、数字和连字符，至少有一位数字，且不是身份证号或手机号 "
            "(the number of an authorization has 8 to 40 letters, digits and hyphens, one digit at least, and is no identity number or phone)"
        )
    serve("lender", "organization", organization, purpose, page, authorization=number)


@service_app.command("slice")
def slice_of(
    division: Annotated[str, typer.Option(metavar="CODE", help="Code of a county or a town, with 6, 9 or 12 digits.")],
    to: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the files are written.")],
    purpose: Purpose = None,
) -> None:
    """Write the persons, organisations and addresses of a county or a town, a file for Excel each."""
    from suining_data.commands.service_slice import slices, the_division

    if to.exists() and not to.is_dir():
        raise Mistake(f"{visible(str(to))}: 不是目录 (not a folder)")
    with opened("service slice", purpose, audience="slice") as (con, look):
        code, prefix = the_division(con, division)
        found = slices(con, prefix)
        look.asked = code
        look.record({id for each in found for id in each.ids}, sum(len(each.rows) for each in found))
        to.mkdir(exist_ok=True)
        for each in found:
            write_for_excel(con, each.rows, "", to / f"{each.zh}_{code}.csv")


def serve(
    service: str,
    kind_name: str,
    number: str,
    purpose: str | None,
    page: Path | None,
    *,
    with_looks: bool = False,
    **more: str,
) -> None:
    """Show what a service gets of one subject, with who looked at it, if asked. `more`: what else the access log has of it."""
    from suining_data.commands.service_answer import answer_of, looks_at, the_one
    from suining_data.explanation import SubjectKind

    kind = SubjectKind(kind_name)
    check_text(number)
    with opened(f"service {service}", purpose, None, service, **more) as (con, look):
        id = the_one(con, kind, number)
        answer = answer_of(con, service, kind, id)
        if with_looks:
            answer.parts.append(looks_at(con, settings(), id))
        look.record([id], sum(len(part.rows) for part in answer.parts))
    if page is None:
        print_json({"service": service, "subject": kind, **more, **{part.id: part.rows for part in answer.parts}})
    else:
        from suining_data.commands.service_page import page_of

        said = {"用途": look.purpose, **{SAID.get(name, name): value for name, value in more.items()}}
        text = page_of(answer, said, datetime.now())
        with replacing(page) as fresh:
            fresh.write_text(text, encoding="utf-8")
        console.print(visible(str(page)))
