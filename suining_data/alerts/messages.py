"""One message about some causes: as Markdown for a robot of DingTalk, and as plain JSON.

Here: the words around the causes, and the form that each kind of webhook takes. Not here: what a cause says
(failed_runs.py, findings.py), how a message is sent (webhook.py).
"""

from collections.abc import Sequence
from typing import Any

from suining_data.alerts.cause import KINDS, Cause
from suining_data.city import load_city

MOST_CAUSES = 10  # in full in one message: DingTalk takes 20,000 bytes


def ordered(causes: Sequence[Cause]) -> list[Cause]:
    """The causes by kind, then as they came."""
    order = list(KINDS)
    return sorted(causes, key=lambda cause: order.index(cause.kind) if cause.kind in KINDS else len(order))


def dingtalk_body(causes: Sequence[Cause], ui_url: str) -> dict[str, Any]:
    """The body for a robot: https://open.dingtalk.com/document/orgapp/custom-bot-send-message-type"""
    shown = ordered(causes)[:MOST_CAUSES]
    parts = [f"### {title(causes)}"]
    for number, cause in enumerate(shown, 1):
        zh, en = cause.kind_names
        link = f"[打开 open]({_link(cause, ui_url)})"
        parts.append(f"**{number}. {zh} {en}** · {cause.whose}\n\n{cause.zh}\n\n{cause.en}\n\n{link}")
    rest = len(causes) - len(shown)
    if rest:
        parts.append(f"另有 {rest} 件，见界面 (and {rest} more: [{ui_url}]({ui_url}))")
    return {"msgtype": "markdown", "markdown": {"title": title(causes), "text": "\n\n".join(parts)}}


def json_body(causes: Sequence[Cause], ui_url: str) -> dict[str, Any]:
    """The same for any other receiver."""
    shown = ordered(causes)[:MOST_CAUSES]
    return {
        "title": title(causes),
        "causes": [
            {
                "kind": cause.kind,
                "key": cause.key,
                "whose": cause.whose,
                "zh": cause.zh,
                "en": cause.en,
                "link": _link(cause, ui_url),
            }
            for cause in shown
        ],
        "more": len(causes) - len(shown),
    }


def title(causes: Sequence[Cause]) -> str:
    """What a phone shows without opening the message. It begins with the city's name, which a robot may ask for as keyword."""
    kinds = list(dict.fromkeys(cause.kind_names[0] for cause in ordered(causes)))
    return f"{load_city().name}四库：{'、'.join(kinds)}（{len(causes)} 件）"


def _link(cause: Cause, ui_url: str) -> str:
    return f"{ui_url.rstrip('/')}/{cause.page}"
