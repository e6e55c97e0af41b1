"""What personal data are kept, why, how long, and who sees them: one table, for the public page, the console and docs.

Every table of the database that holds anything about a person is named in one of its rows; a test sees to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

IN_CHINESE, IN_ENGLISH = "zh", "en"


@dataclass(frozen=True, slots=True)
class Said:
    """A row in one language."""

    what: str
    why: str
    until: str
    seen_by: str


@dataclass(frozen=True, slots=True)
class Row:
    zh: Said
    en: Said
    tables: Sequence[str]
    """Where it is, by the names of the tables; empty: not in the database."""

    def said(self, language: str) -> Said:
        return self.en if language == IN_ENGLISH else self.zh


CLOSE = "活动结束后，满活动公布的期限自动清除；没有公布期限的，奖品发放和核对完成后由主办单位清除"
AFTER = (
    "Purged when the period that the campaign announced after its close is over; without one, by the organiser once "
    "prizes are handed out and checked"
)
STAFF = "主办单位的管理员和活动负责人"
ORGANISERS = "Owners and organisers among the organiser's staff"

ROWS: Sequence[Row] = (
    Row(
        Said(
            "姓名、单位、工号，部分人有手机号（花名册，或本人绑定时填写）",
            "确认参加资格，每人只有一份成绩；按单位统计",
            "花名册上的：到单位把人移出花名册或本人要求删除；只参加过一次活动的其他人：随那次活动清除",
            f"{STAFF}；本单位联络员看本单位的；其他人只看到姓名的一部分。手机号加密保存",
        ),
        Said(
            "Name, unit and staff number; of some a phone number (from a roster, or given by oneself)",
            "To see that somebody may take part and has one result; to count by unit",
            "People on a roster: until their office takes them off it, or they ask; others, who took part in one "
            "campaign alone: purged with it",
            f"{ORGANISERS}; liaison officers those of their unit; others see part of a name. Phones are encrypted",
        ),
        ("person",),
    ),
    Row(
        Said(
            "平台给出的标识：公众号 OpenID、企业微信成员账号、浏览器里的随机编号；是否关注、是否要通知",
            "认出同一个人，接着上次答；发他要的通知",
            "同上；清除后换成没有意义的编号",
            f"{STAFF}，只显示末尾几位",
        ),
        Said(
            "Identifiers from platforms: OpenID, WeCom member, a random number in the browser",
            "To know somebody again, to go on where they stopped, to send the notices they want",
            "As above; then replaced by numbers that mean nothing",
            f"{ORGANISERS}, their last characters only",
        ),
        ("identity",),
    ),
    Row(
        Said("同意了哪个版本的告知、什么时候", "证明处理信息得到了同意", f"撤回时删除；{CLOSE}", f"本人；{STAFF}"),
        Said(
            "Which wording of the notice was agreed to, and when",
            "To show that there was consent",
            f"Deleted when it is withdrawn. {AFTER}",
            f"Oneself; {ORGANISERS.lower()}",
        ),
        ("consent",),
    ),
    Row(
        Said(
            "正在绑定的：选到哪个单位、填的姓名、没有对上的次数",
            "把绑定办完；防止有人拿别人的姓名一个个试",
            "绑定办完就删除；没办完的随身份清除",
            "没有人",
        ),
        Said(
            "A binding that is going on: unit, name typed, how often it did not match",
            "To finish it; to keep people from trying others' names",
            "Deleted when it is done, else with the identity",
            "Nobody",
        ),
        ("binding",),
    ),
    Row(
        Said(
            "聊天里让答题进了一步的消息编号，和给出的回复",
            "平台会重复投递同一条消息，要给同样的回复",
            "48 小时",
            "没有人",
        ),
        Said(
            "Numbers of chat messages that had an effect, and the replies",
            "Platforms deliver a message again, and it must get the same reply",
            "48 hours",
            "Nobody",
        ),
        ("inbound",),
    ),
    Row(
        Said(
            "答题记录：试卷、每道题的回答、得分、用时；成绩和名次；更正题目以后的变动",
            "计算成绩和名次，核对，更正错题以后重新算分",
            f"{CLOSE}；各单位、各题的统计数字保留，不含个人",
            f"本人；{STAFF}；排行榜上只有姓名的一部分",
        ),
        Said(
            "Attempts: papers, answers, points, times; standings and ranks; how mended questions moved them",
            "To work out results and ranks, to check them, to score again after a question was mended",
            f"{AFTER}. Figures by unit and by question stay, without persons",
            f"Oneself; {ORGANISERS.lower()}; rankings show part of a name",
        ),
        ("attempt", "answer", "standing", "regrade_move"),
    ),
    Row(
        Said(
            "从网页答题的网络地址段（如 10.3.7.0/24），地址和设备的不可还原的指纹",
            "公平核查：发现一台设备替多人答题",
            CLOSE,
            f"{STAFF}，只看到地址段",
        ),
        Said(
            "The network from which an attempt on the pages began (as 10.3.7.0/24), and hashes of address, device",
            "Fairness: one device that answers for many",
            AFTER,
            f"{ORGANISERS}; the network only",
        ),
        ("attempt_origin",),
    ),
    Row(
        Said(
            "公平核查的线索、处理意见、作废的答题和原因",
            "由人判断是否公平，作废要有理由",
            CLOSE,
            f"{STAFF}；作废的原因本人能看到",
        ),
        Said(
            "Signals of unfair play, what was decided, attempts declared void and why",
            "So that a person judges, and gives a reason",
            AFTER,
            f"{ORGANISERS}; oneself the reason",
        ),
        ("signal", "attempt_void"),
    ),
    Row(
        Said(
            "抽奖名单：编号、单位、抽奖券数，不含姓名；获奖记录",
            "任何人都能核对抽奖；奖品不重复发",
            "名单和哈希长期保留。清除时销毁把编号对应到人的密钥，获奖记录去掉是谁，只留编号",
            "名单公开，只有编号；获奖名单上只有姓名的一部分",
        ),
        Said(
            "Lists of draws: pseudonyms, units, tickets, no names; who was awarded what",
            "So that anybody can check a draw, and no prize is given twice",
            "Lists and hashes stay. A purge destroys the key that leads from pseudonyms to persons; awards keep the "
            "pseudonym alone",
            "Lists are public, pseudonyms only; lists of winners show part of a name",
        ),
        ("draw", "award"),
    ),
    Row(
        Said(
            "领奖登记：姓名、手机号、地址、快递单号",
            "把奖品寄到",
            CLOSE,
            "只有管理员和兑奖台的工作人员。加密保存，本人也不能再看到全部",
        ),
        Said(
            "Where winners want their prizes: name, phone, address, shipment",
            "To send the prize",
            AFTER,
            "Owners and the prize desk alone. Encrypted; not shown in full again, not even to oneself",
        ),
        ("claim",),
    ),
    Row(
        Said(
            "证书：编号、姓名、发证时间",
            "任何人都能凭编号核对证书",
            f"编号和发证时间长期保留；姓名：{CLOSE}",
            "本人；凭编号核对的人只看到姓名的一部分",
        ),
        Said(
            "Certificates: number, name, when issued",
            "So that anybody can check one by its number",
            f"Number and date stay; the name: {AFTER[0].lower()}{AFTER[1:]}",
            "Oneself; whoever checks a number sees part of the name",
        ),
        ("certificate",),
    ),
    Row(
        Said("排除名单：谁参加但不参与评奖、为什么", "主办方人员不得奖，规则公平", CLOSE, STAFF),
        Said(
            "Who takes part and may not win, and why", "So that organisers do not win", AFTER, ORGANISERS
        ),
        ("exclusion",),
    ),
    Row(
        Said(
            "要发给您的通知：种类、时间、有没有发出；订阅消息的授权；群发短信时的手机号",
            "把该发的发到，不重复",
            "发出 90 天以后；随活动清除时去掉是谁",
            f"{STAFF}，不显示内容和地址",
        ),
        Said(
            "Notices to you: kind, times, whether they went out; grants of subscription messages; phones of texts",
            "So that what must go out does, once",
            "90 days after they went out; a purge takes away whose they were",
            f"{ORGANISERS}; neither text nor address",
        ),
        ("outbox", "subscription_grant"),
    ),
    Row(
        Said(
            "您关于个人信息的申请和答复",
            "15 个工作日内办好，事后能说明",
            "办结 3 年以后；删除个人信息时去掉您写的说明",
            "只有管理员",
        ),
        Said(
            "What you asked for about your data, and the answer",
            "To do it within 15 working days, and to account for it",
            "3 years after its end; your words go when your data are deleted",
            "Owners alone",
        ),
        ("data_request",),
    ),
    Row(
        Said(
            "单位联络员的姓名和手机号",
            "组织本单位参加，联系得上",
            "到单位表里改掉为止",
            f"{STAFF}；手机号加密保存",
        ),
        Said(
            "Name and phone of a unit's liaison officer",
            "So that the unit can be reached",
            "Until the table of units is changed",
            f"{ORGANISERS}; phones are encrypted",
        ),
        ("unit",),
    ),
    Row(
        Said(
            "工作人员的后台账号：账号名、密码和恢复码的哈希、登录时间、地址和浏览器、输错的次数",
            "只让该进的人进，发现异常登录",
            "账号停用以后名字保留，因为历史记录里有它；登录记录 180 天",
            "本人；管理员",
        ),
        Said(
            "Accounts of staff: name, hashes of password and recovery codes, sign-ins, with address and browser",
            "To let in who may, and to notice who may not",
            "Names of disabled accounts stay, since histories have them; sign-ins 180 days",
            "Oneself; owners",
        ),
        ("staff", "staff_session", "code_try"),
    ),
    Row(
        Said(
            "工作人员做过什么：审计日志，活动、题库、抽奖、报告上的经办人",
            "谁改了什么，事后查得清",
            "审计日志 24 个月；经办人随它所在的记录。日志里不写参与者的姓名、手机和地址",
            "审计日志只有管理员看；活动的变更公开，不含经办人",
        ),
        Said(
            "What staff did: the audit log, and who did it beside campaigns, banks, draws and reports",
            "So that it can be told who changed what",
            "The log 24 months; names beside records as long as those. The log holds no participant's name, phone or "
            "address",
            "The log: owners alone. A campaign's changes are public, without who made them",
        ),
        (
            "audit_entry", "campaign_change", "regrade", "draw_value", "bank_change", "bank_import", "staging",
            "report", "report_template",
        ),
    ),
    Row(
        Said(
            "后台任务和它的文件：导入的花名册、导出的表、报告",
            "大表在后台做，做完来取",
            "文件 7 天，任务记录 180 天",
            "谁交办谁看；管理员和活动负责人能看到任务",
        ),
        Said(
            "Jobs and their files: rosters to import, exports, reports",
            "Long work is done apart, and fetched",
            "Files 7 days, jobs 180 days",
            "Whoever asked for it; owners and organisers see that there are jobs",
        ),
        ("job", "job_piece"),
    ),
    Row(
        Said(
            "报告里的活动照片，可能有人像",
            "工作简讯和总结的配图",
            "由主办单位从报告里去掉为止",
            "写报告和看报告的工作人员；报告报给的上级",
        ),
        Said(
            "Photos for reports, perhaps with people in them",
            "Pictures of bulletins and summaries",
            "Until the organiser takes them out",
            "Staff who write and see reports; the offices that they are sent to",
        ),
        ("report_photo", "picture"),
    ),
    Row(
        Said(
            "浏览器里的小块数据（Cookie）：认人和认设备的随机编号、语言和字号、后台登录",
            "不用每次重新登记",
            "参与者 180 天，语言和字号一年，后台登录最长 12 小时；清空浏览器就没有了",
            "只有您的浏览器",
        ),
        Said(
            "Cookies: random numbers to know you and the device by, language and size of letters, sign-ins of staff",
            "So that nobody has to begin anew each time",
            "Participants 180 days, language a year, staff 12 hours at most; gone when the browser is cleared",
            "Your browser alone",
        ),
        (),
    ),
    Row(
        Said(
            "服务器的运行日志",
            "发现和排除故障",
            "由运维人员轮换，一般不超过几个月",
            "运维人员。程序不往里写姓名、手机、答案和地址",
        ),
        Said(
            "Logs of the server",
            "To find and mend faults",
            "Rotated by whoever runs it, mostly within months",
            "Whoever runs it. The program writes no names, phones, answers or addresses into them",
        ),
        (),
    ),
)  # fmt: skip


def named_tables() -> set[str]:
    """The tables that a row names."""
    return {table for row in ROWS for table in row.tables}
