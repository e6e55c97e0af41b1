"""What keeps a bank: ``lvda bank show|status|split|merge|statistics``."""

from __future__ import annotations

from collections.abc import Mapping

import click

from admin.commands.bank_doubts import problem_line
from admin.commands.options import json_option, print_json
from admin.commands.sessions import opened, reading, transaction
from campaigns import banks
from campaigns.banks import BankStep, Difference, Selection, Status, Step
from campaigns.banks.changes import said
from campaigns.clock import in_words, iso, now_ms
from campaigns.item_statistics import ItemStatistics, item_statistics
from campaigns.store import Store
from questions.model import Kind, Question
from settings import Settings

BY = "命令行"
"""Who changes a bank by a command: the machine's user need not be a person."""
STEPS_SHOWN = 10


@click.command()
@click.argument("slug")
@click.argument("number", required=False)
@json_option
@click.pass_obj
def show(settings: Settings, slug: str, number: str | None, as_json: bool) -> None:
    """What a bank holds and what was done to it; of a question what it says and what became of it."""
    with opened(settings) as stores:
        if number is None:
            _show_bank(stores.sql, slug, settings.timezone, as_json)
        else:
            _show_question(stores.sql, slug, number, settings.timezone, as_json)


def _show_bank(store: Store, slug: str, zone: str, as_json: bool) -> None:
    with store.reading() as session:
        bank = banks.find_bank(session, slug)
        facets = banks.facets(session, slug)
        steps = banks.bank_history(session, slug)
    counts: dict[str, Mapping[str, int]] = {
        "statuses": {status.value: number for status, number in facets.statuses.items()},
        "kinds": {kind.value: number for kind, number in facets.kinds.items()},
        "categories": facets.categories,
        "difficulties": facets.difficulties,
        "tags": facets.tags,
    }
    if as_json:
        print_json({"slug": slug, "name": bank.name, **counts, "changes": [_bank_step(one) for one in steps]})
        return
    click.echo(f"{slug}\t{bank.name}")
    named = (
        ("状态", {status.label: number for status, number in facets.statuses.items()}),
        ("题型", {kind.label: number for kind, number in facets.kinds.items()}),
        ("分类", facets.categories),
        ("难度", facets.difficulties),
        ("标签", facets.tags),
    )
    for what, found in named:
        if found:
            click.echo(f"{what}\t" + "，".join(f"{name or '（空）'} {number}" for name, number in found.items()))
    for step in steps[:STEPS_SHOWN]:
        figures = [f"新增 {step.added} 题"] * bool(step.added) + [f"改动 {step.changed} 题"] * bool(step.changed)
        told = [f"{one.what}：{one.before} → {one.after}" if one.before else f"{one.what}：{one.after}"
                for one in step.differences]  # fmt: skip
        click.echo("\t".join([_told(step, zone), "，".join([*figures, *told])]))
    if len(steps) > STEPS_SHOWN:
        click.echo(f"更早的 {len(steps) - STEPS_SHOWN} 次改动用 --json 查看。")


def _show_question(store: Store, slug: str, number: str, zone: str, as_json: bool) -> None:
    with store.reading() as session:
        entry = banks.find_question(session, slug, number)
        steps = banks.history(session, slug, number)
    question = entry.question
    if as_json:
        print_json(
            {
                "number": question.number,
                **said(question),
                "status": entry.status.value,
                "revision": entry.revision,
                "history": [_step(one) for one in steps],
            }
        )
        return
    click.echo(f"{question.number}\t{question.kind.label}\t{entry.status.label}\t第 {entry.revision} 版")
    for part in banks.differences(Question("", question.kind, ""), question):
        click.echo(f"{part.what}\t{part.after}")
    for step in steps:
        revision = f"第 {step.revision} 版" if step.revision else ""
        click.echo("\t".join([_told(step, zone), revision, "；".join(map(_difference, step.differences))]))


@click.command()
@click.argument("slug")
@click.argument("numbers", metavar="NUMBER...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All questions that are not retired, instead of numbers.")
@click.option("--reviewed", "wanted", flag_value=Status.REVIEWED.value, help="Looked at by somebody.")
@click.option("--retired", "wanted", flag_value=Status.RETIRED.value, help="Kept, and never asked again.")
@click.option("--draft", "wanted", flag_value=Status.DRAFT.value, help="Back to be looked at.")
@json_option
@click.pass_obj
def status(
    settings: Settings, slug: str, numbers: tuple[str, ...], everything: bool, wanted: str | None, as_json: bool
) -> None:
    """Say how far questions have come; published campaigns keep what they were published with."""
    if wanted is None:
        raise click.UsageError("One of --reviewed, --retired, --draft is needed.")
    if everything == bool(numbers):
        raise click.UsageError("Either numbers or --all is needed.")
    with transaction(settings) as session:
        changed = banks.set_status(session, slug, None if everything else numbers, Status(wanted), BY, now_ms())
    if as_json:
        print_json({"slug": slug, "status": wanted, "changed": changed})
        return
    click.echo(f"{slug}：{changed} 题改为“{Status(wanted).label}”。")


@click.command()
@click.argument("slug")
@click.option("--to", "new_slug", required=True, help="The new bank's code: a-z, 0-9 and hyphens.")
@click.option("--name", default="", help="What people call the new bank.")
@click.option("--category", help='Questions of a category; "" for those without.')
@click.option("--difficulty", help="Questions of a difficulty.")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="Questions of a kind.")
@click.option("--tag", default="", help="Questions that have a tag.")
@click.option("--number", "numbers", multiple=True, help="This question; may be given several times.")
@click.option("--retired", is_flag=True, help="Retired questions, which otherwise stay.")
@click.option("--copy", is_flag=True, help="Copy them; otherwise they leave the bank, with their history.")
@json_option
@click.pass_obj
def split(
    settings: Settings,
    slug: str,
    new_slug: str,
    name: str,
    category: str | None,
    difficulty: str | None,
    kind: str | None,
    tag: str,
    numbers: tuple[str, ...],
    retired: bool,
    copy: bool,
    as_json: bool,
) -> None:
    """Let a new bank have some of a bank's questions: those of which everything is true that is asked for."""
    chosen = Selection(
        kind=None if kind is None else Kind(kind),
        category=category,
        difficulty=difficulty,
        tag=tag,
        numbers=numbers or None,
        status=Status.RETIRED if retired else None,
    )
    if chosen == Selection():
        raise click.UsageError("Say which questions: --category, --difficulty, --kind, --tag, --number or --retired.")
    with opened(settings) as stores:
        done = banks.split(stores.sql, slug, chosen, new_slug, name, BY, now_ms(), copy=copy)
    if as_json:
        print_json({"slug": new_slug, "from": slug, "questions": done.questions, "copied": done.copied})
        return
    click.echo(f"{new_slug}：从 {slug} {'复制' if done.copied else '移入'} {done.questions} 题。")


@click.command()
@click.argument("slug")
@click.option("--into", required=True, help="The bank that gets the questions.")
@json_option
@click.pass_obj
def merge(settings: Settings, slug: str, into: str, as_json: bool) -> None:
    """Let one bank have another's questions, each once; what both have with other answers stays and is told."""
    with opened(settings) as stores:
        done = banks.merge(stores.sql, slug, into, BY, now_ms())
    for problem in done.problems:
        click.echo(problem_line(problem), err=True)
    for campaign in done.drafts:
        click.echo(f"草稿活动 {campaign} 用的是题库 {slug}，里面的题少了；请用题库 {into} 重新建一个。", err=True)
    if as_json:
        figures = {"moved": done.moved, "same": done.same, "kept_apart": done.kept_apart}
        print_json({"slug": slug, "into": into, **figures, "drafts": list(done.drafts)})
        return
    click.echo(
        f"{slug} → {into}：移入 {done.moved} 题，相同 {done.same} 题（在 {slug} 里停用），"
        f"答案或选项不同 {done.kept_apart} 题（留在 {slug}）。"
    )


@click.command()
@click.argument("slug")
@click.option("--campaign", default="", help="Only what was answered in this campaign.")
@json_option
@click.pass_obj
def statistics(settings: Settings, slug: str, campaign: str, as_json: bool) -> None:
    """How each question fared: answers, share right, most chosen wrong option, discrimination."""
    with reading(settings) as session:
        found = item_statistics(session, slug, campaign)
    if as_json:
        print_json([_statistics(one) for one in found])
        return
    answered = [one for one in found if one.answered]
    if not answered:
        click.echo("还没有人答过这个题库里的题。", err=True)
    for one in answered:
        click.echo("\t".join(_statistics_in_words(one)))


def _statistics(one: ItemStatistics) -> dict[str, object]:
    wrong = one.most_chosen_wrong
    return {
        "number": one.number,
        "stem": one.stem,
        "answered": one.answered,
        "right": one.right,
        "right_permille": one.right_permille,
        "most_chosen_wrong": None if wrong is None else {"chosen": wrong.chosen, "count": wrong.count},
        "discrimination": None if one.discrimination is None else round(one.discrimination, 3),
        "judged": one.judged,
        "earlier": one.earlier,
        "flags": list(one.flags),
    }


def _statistics_in_words(one: ItemStatistics) -> list[str]:
    wrong = one.most_chosen_wrong
    return [
        one.number,
        f"答 {one.answered} 次",
        f"答对 {(one.right_permille or 0) / 10:.1f}%",
        "" if wrong is None else f"最多错选 {wrong.chosen}（{wrong.count} 次）",
        "" if one.discrimination is None else f"区分度 {one.discrimination:.2f}",
        "；".join(one.flags),
        one.stem,
    ]


def _told(step: Step | BankStep, zone: str) -> str:
    """When, what, by whom, from which file."""
    return "\t".join([in_words(step.at_ms, zone), step.what.label, step.whose, step.file])


def _difference(one: Difference) -> str:
    return f"{one.what}：{one.before or '（空）'} → {one.after or '（空）'}"


def _step(step: Step) -> dict[str, object]:
    return {**_step_head(step), "revision": step.revision or None}


def _bank_step(step: BankStep) -> dict[str, object]:
    return {**_step_head(step), "added": step.added, "changed": step.changed}


def _step_head(step: Step | BankStep) -> dict[str, object]:
    return {
        "at": iso(step.at_ms),
        "what": step.what.value,
        "by": step.by,
        "file": step.file,
        "differences": [{"what": one.what, "before": one.before, "after": one.after} for one in step.differences],
    }
