"""Every sentence that a participant reads in a chat.

The markers ``第n/m题``, ``✅``, ``❌``, ``得分 n`` and lettered option lines are stable: people and programs read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CHATS: Final[Mapping[str, str]] = {
    # asking
    "question.header": "【第{position}/{length}题·{kind}·{points}分】",
    "question.several": "（可多选，如回复 AC）",
    "question.blanks": "（共 {count} 空，答案之间用分号隔开）",
    "question.cut": "……题目较长，全文请看：{url}",
    "question.picture": "本题有图，点此看图",
    "question.picture.cut": "本题较长且有图，点此看全文和图",
    "question.picture.url": "{words}：{url}",
    "option": "{letter}. {text}",
    "option.picture": "（见图）",
    # verdicts
    "verdict.right": "✅ 回答正确，+{points}分",
    "verdict.wrong": "❌ 正确答案：{answer}。",
    "score": "当前得分 {score}",
    # the end
    "finished": "🎉 答题完成！得分 {score} · 用时 {used}",
    "finished.rank": "个人第 {rank} 名",
    "finished.best": "个人第 {rank} 名（按最好成绩 {points} 分）",
    "finished.review": "查看每题解析：{url}",
    "draw.eligible": "您已获得抽奖资格（抽奖编号 {entrant}，{tickets} 张）",
    "draw.missing": "再得 {points} 分可参加抽奖",
    # what a question costs nothing for
    "answer.unclear.choice": "没看懂这个回答，请回复选项字母，如 A；发送 帮助 查看更多。",
    "answer.unclear.single": "这是单选题，请只回复一个选项字母；发送 帮助 查看更多。",
    "answer.unclear.true_false": "没看懂这个回答，请回复 对 或 错；发送 帮助 查看更多。",
    "answer.unclear.blanks": "这道题有 {count} 空，请把答案用分号隔开；发送 帮助 查看更多。",
    "answer.late": "这道题已经答过了，现在请答：",
    "answer.early": "您的消息早于这道题发出，没有计入；现在请答：",
    "answer.elsewhere": "请先看题再回答：",
    "unheard": "没有听清，请再说一遍，或直接打字回复。",
    "nothing.waits": "没看懂这条消息。发送 答题 开始，发送 帮助 查看更多。",
    # campaigns
    "welcome": "欢迎参加“{name}”！",
    "welcome.theme": "主题：{theme}",
    "welcome.begin": "发送 答题 开始，约需两分钟。",
    "welcome.none": "欢迎关注！现在没有进行中的答题活动，活动开始后会在这里通知。",
    "unit.joined": "您代表 {unit} 参加。",
    "unit.unknown": "没有认出二维码里的单位，请与本单位联络员核对；不影响答题。",
    "campaign.none": "现在没有进行中的答题活动，敬请留意通知。",
    "campaign.early": "“{name}”将于 {opens} 开始，到时请再来。",
    "campaign.over": "“{name}”已于 {closes} 结束，感谢参与。发送 成绩 查看成绩。",
    "campaign.closed": "“{name}”已经结束，感谢参与。发送 成绩 查看成绩。",
    "campaign.late_answer": "“{name}”已经结束，这个回答没有计入，谢谢您的参与。发送 成绩 查看成绩。",
    "campaign.paused": "“{name}”暂停答题，恢复后可从当前题接着答，请稍后再来。",
    "attempts.none": "您的答题次数已用完（共 {limit} 次）。发送 成绩 查看成绩。",
    "attempts.none_today": "您今天的答题次数已用完（每天 {limit} 次），请明天再来。",
    # commands
    "result.open": "正在答第{position}/{length}题，当前得分 {score}。发送 继续 接着答。",
    "result.none": "您还没有完成的答题。发送 答题 开始。",
    "result.best": "“{name}”\n得分 {points} · 用时 {used}",
    "result.left": "还可答题 {left} 次",
    "rank": "“{name}”\n个人第 {rank} 名 · 共 {total} 人\n得分 {points} · 用时 {used}",
    "rank.none": "您还没有名次，完成答题后即可查看；已有 {total} 人上榜。",
    "rules": (
        "“{name}”规则\n时间：{window}\n题目：每份 {length} 题，满分 {full} 分\n次数：{attempts}\n{draw}\n"
        "排名：先比得分，再比用时，再比先完成；多次答题取最好成绩。\n每题以第一次回答为准。"
    ),
    "rules.window": "{opens} 至 {closes}",
    "rules.window.endless": "{opens} 起",
    "rules.attempts.free": "不限",
    "rules.attempts.in_all": "共 {limit} 次",
    "rules.attempts.per_day": "每天 {limit} 次",
    "rules.draw": "抽奖：得 {points} 分及以上可参加。",
    "rules.draw.all": "抽奖：完成答题即可参加。",
    "prizes.draw": "抽奖公示：{url}",
    "prizes.won": "恭喜！您在 {draw} 中获得 {prize}，请留意领奖通知。",
    "prizes.later": "抽奖名单将在活动结束后公示，任何人都可以核对。",
    "bind.unit": "您代表 {unit} 参加。如需更改，请扫描新单位的二维码。",
    "bind.none": "请扫描本单位的答题二维码，即可代表本单位参加。",
    "quit": "已退出答题，进度保留，计时继续。发送 继续 接着答。",
    "muted": "好的，不再给您发活动通知，只有中奖等必须告诉您的才发。发送 恢复通知 可以重新接收。",
    "unmuted": "好的，活动通知已恢复。不想再收到时，请发送 退订。",
    "quit.nothing": "现在没有进行中的答题。发送 答题 开始。",
    "help": (
        "发送文字即可：\n1 答题（开始或继续）\n2 成绩\n3 排名\n4 规则\n5 奖品\n6 绑定单位\n7 退出\n"
        "退订（不再收到通知）\n恢复通知"
    ),
    "help.playing": (
        "请直接回复答案。也可以发送：\n继续（再看当前题）\n成绩\n排名\n规则\n奖品\n绑定（单位）\n退出（暂停，稍后接着答）\n"
        "退订（不再收到通知）\n恢复通知"
    ),
    "help.page": "也可以打开页面作答：{url}",
    # cards
    "card.submit": "提交",
    "card.given": "您的答案",
    "card.answer": "正确答案",
    "card.score": "当前得分",
    # a reply that is sent later
    "chat.text": "{text}",
    # when we fail
    "busy": "现在人多，请稍等几秒再发一次，您的成绩不会丢失。",
}
