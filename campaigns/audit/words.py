"""The audit log in Chinese: what was done to whom, and what of it was other before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from campaigns.audit.reading import Entry
from campaigns.clock import in_words

NOBODY = "命令行或程序"
EMPTY = "（空）"

ROOMS: Mapping[str, str] = {
    "campaign": "活动",
    "attempt": "答卷",
    "signal": "公平核查",
    "bank": "题库",
    "unit": "单位",
    "roster": "花名册",
    "person": "人员",
    "request": "个人信息申请",
    "consent": "同意",
    "draw": "抽奖",
    "award": "奖品",
    "message": "通知",
    "report": "报告",
    "export": "导出",
    "job": "任务",
    "staff": "后台账号",
    "wechat": "公众号",
    "ranking": "排名",
    "audit": "审计日志",
}
"""By the first part of a code."""

DEEDS: Mapping[str, str] = {
    "campaign.created": "新建活动草稿",
    "campaign.edited": "修改活动草稿",
    "campaign.copied": "复制成新的活动草稿",
    "campaign.published": "发布活动",
    "campaign.extended": "活动延期",
    "campaign.paused": "暂停活动",
    "campaign.resumed": "恢复活动",
    "campaign.closed": "结束活动",
    "campaign.archived": "归档活动",
    "campaign.units_added": "增加参加单位",
    "campaign.people_added": "花名册增加人员",
    "campaign.announced": "发布公告",
    "campaign.question_withdrawn": "题目作废",
    "campaign.key_corrected": "更正答案",
    "campaign.excluded": "加入排除名单",
    "campaign.readmitted": "移出排除名单",
    "campaign.ranks_settled": "评定名次奖",
    "campaign.forfeited": "奖品作废",
    "campaign.prizes_added": "增加奖项",
    "campaign.stock_raised": "增加奖品",
    "campaign.attempts_voided": "答卷作废",
    "campaign.attempts_restored": "恢复作废的答卷",
    "campaign.kept_for": "更改个人信息保留期",
    "campaign.purged": "清除活动的个人信息",
    "attempt.voided": "答卷作废",
    "attempt.restored": "恢复作废的答卷",
    "signal.dismissed": "核查线索：不是问题",
    "signal.reopened": "重新打开核查线索",
    "bank.imported": "导入题库",
    "bank.shipped": "随程序更新题库",
    "bank.question_added": "新增题目",
    "bank.question_edited": "修改题目",
    "bank.question_restored": "题目恢复旧版",
    "bank.status_set": "更改题目状态",
    "bank.renamed": "题库改名",
    "bank.split": "拆分题库",
    "bank.merged": "合并题库",
    "unit.added": "新增单位",
    "unit.edited": "修改单位",
    "unit.imported": "导入单位",
    "roster.imported": "导入花名册",
    "person.merged": "合并人员",
    "person.unbound": "解除身份绑定",
    "person.exported": "导出个人信息",
    "person.corrected": "更正个人信息",
    "person.forgotten": "删除个人信息",
    "request.asked": "收到个人信息申请",
    "request.done": "办结个人信息申请",
    "request.refused": "没有同意个人信息申请",
    "request.withdrawn": "个人信息申请撤回",
    "consent.withdrawn": "撤回同意",
    "draw.frozen": "冻结抽奖名单",
    "draw.values_entered": "录入开奖数值",
    "draw.held": "开奖",
    "draw.confirmed": "复核并开奖",
    "draw.voided": "抽奖作废",
    "award.redeemed": "兑奖发放",
    "award.shipped": "登记寄出",
    "award.shipment_corrected": "更正快递单号",
    "message.resent": "重发通知",
    "message.dropped": "通知不再发送",
    "report.written": "写报告",
    "report.changed": "修改报告",
    "report.removed": "删除报告",
    "report.photo_added": "添加报告照片",
    "report.photo_described": "修改照片说明",
    "report.photo_removed": "删除报告照片",
    "report.file_taken": "下载报告文件",
    "report.template_uploaded": "上传报告模板",
    "report.template_reset": "恢复随程序提供的模板",
    "export.made": "导出数据",
    "job.asked": "提交任务",
    "job.cancelled": "取消任务",
    "job.file_taken": "下载任务的文件",
    "staff.added": "新增后台账号",
    "staff.reset": "重设密码",
    "staff.role_changed": "更改角色",
    "staff.disabled": "停用后台账号",
    "staff.enabled": "启用后台账号",
    "staff.signed_in": "登录",
    "staff.signed_out": "退出",
    "staff.session_revoked": "结束登录",
    "staff.locked": "多次输错密码，暂停登录",
    "staff.password_changed": "修改密码",
    "staff.second_step_set": "开启两步验证",
    "staff.second_step_stopped": "关闭两步验证",
    "staff.second_step_lifted": "解除两步验证",
    "staff.recovery_renewed": "换新恢复码",
    "staff.recovery_used": "使用恢复码",
    "wechat.menu_set": "更新公众号菜单",
    "ranking.rebuilt": "重做排名",
    "audit.purged": "清理到期的审计日志",
}
"""By code."""

_SUBJECTS: Mapping[str, str] = {
    **ROOMS,
    "identity": "身份",
    "photo": "照片",
    "template": "报告模板",
    "system": "系统",
}
_FIELDS: Mapping[str, str] = {
    "added": "新增",
    "admission": "谁能参加",
    "answer": "答案",
    "answers": "回答",
    "attempts_in_all": "总次数",
    "attempts_per_day": "每天次数",
    "attempts": "答卷",
    "awards": "奖品份数",
    "base": "每人抽奖票数",
    "blank": "填空",
    "bank": "题库",
    "brand": "品牌语",
    "buttons": "菜单项",
    "campaign": "活动",
    "caption": "说明",
    "category": "分类",
    "changed": "更新",
    "claim_days": "领奖期限（天）",
    "claims": "收件信息",
    "closes_ms": "结束时间",
    "closes": "结束时间",
    "collecting": "怎么领",
    "count": "题数",
    "counts": "取哪次成绩",
    "dataset": "数据",
    "difficulty": "难度",
    "draw_points": "抽奖需要的分数",
    "entrants": "名单人数",
    "entries": "条数",
    "explanation": "解析",
    "fields": "项目",
    "file": "文件",
    "format": "格式",
    "from": "来自",
    "grace_seconds": "限时宽限（秒）",
    "group": "奖项",
    "groups": "奖项",
    "hash": "校验值",
    "headcount": "应参与人数",
    "hours": "每天时段",
    "identities": "身份",
    "identity": "身份编号",
    "into": "并入",
    "issue": "期号",
    "keep_days": "个人信息保留天数",
    "keyword": "口令",
    "kind": "类型",
    "least_headcount": "参加排名的最少人数",
    "least_ms_per_question": "每题最短用时（毫秒）",
    "least_points": "至少多少分",
    "least_seconds_per_question": "每题最短用时（秒）",
    "left_out": "没有收入的草稿题",
    "level": "级别",
    "list_hash": "名单哈希",
    "masked": "姓名隐去",
    "table": "数据",
    "messages": "通知条数",
    "mode": "方式",
    "more": "增加份数",
    "most": "每人最多票数",
    "multiple": "多选",
    "name": "名称",
    "names": "姓名",
    "notices_per_day": "每天通知数",
    "number": "题目编号",
    "odds": "中奖机会",
    "officer": "联络员",
    "officer_phone": "联络员电话",
    "opens_ms": "开始时间",
    "opens": "开始时间",
    "options": "选项",
    "organiser": "主办单位",
    "parent_id": "上级单位",
    "part": "组卷",
    "partial": "多选漏选",
    "pass_points": "合格分",
    "paused_ms": "暂停时长（毫秒）",
    "per_day": "每多答一天加的票数",
    "per_points": "每多少分加一票",
    "people": "人数",
    "person": "人员编号",
    "photos": "照片张数",
    "picture": "图片",
    "pictures": "图片",
    "place": "领奖地点和时间",
    "points": "分值",
    "privacy_notice": "个人信息处理告知",
    "prize_group": "奖项",
    "prize": "奖品",
    "questions": "题数",
    "quiet": "免打扰时段",
    "remarks": "说明字数",
    "reminder_hour": "提醒钟点",
    "releases": "分批放出",
    "retired": "停用",
    "reveals": "何时显示答案",
    "reviewed_only": "只用已审的题",
    "role": "角色",
    "rows": "行数",
    "same_paper": "同一份试卷",
    "seconds_per_attempt": "每次限时（秒）",
    "seconds_per_question": "每题限时（秒）",
    "sender": "落款",
    "single": "单选",
    "shuffle_options": "打乱选项",
    "shuffle_questions": "打乱题目",
    "slug": "活动代号",
    "source": "来源",
    "state": "状态",
    "status": "状态",
    "stock": "数量",
    "stem": "题干",
    "tags": "标签",
    "theme": "主题",
    "templates": "模板号",
    "through": "到第几条",
    "ties": "并列时",
    "tickets": "抽奖票数",
    "timezone": "时区",
    "title": "标题",
    "to": "去向",
    "true_false": "判断",
    "two_person": "两人复核",
    "unit": "单位",
    "unit_id": "单位",
    "unit_quota": "一个单位最多",
    "unit_ranking": "单位排名方式",
    "units": "参加单位",
    "until_ms": "到何时",
    "what": "数据",
    "wins": "得奖次数",
}
_VALUES: Mapping[str, Mapping[str, str]] = {
    "state": {
        "draft": "草稿",
        "published": "已发布",
        "paused": "暂停",
        "closed": "已结束",
        "archived": "已归档",
        "open": "未处理",
        "finished": "有效",
        "void": "作废",
        "voided": "已作废",
        "dismissed": "不是问题",
    },
    "status": {"draft": "草稿", "reviewed": "已审", "retired": "停用"},
    "role": {
        "owner": "管理员",
        "organiser": "活动负责人",
        "editor": "题库编辑",
        "viewer": "只读",
        "desk": "兑奖台",
        "liaison": "单位联络员",
    },
    "names": {"none": "不含", "full": "完整", "masked": "隐去"},
    "officer": {"named": "已填写", "renamed": "换了人"},
    "officer_phone": {"changed": "已更改"},
    "kind": {
        "rank": "名次奖",
        "draw": "抽奖",
        "instant": "即时抽奖",
        "passed": "证书",
        "single": "单选",
        "multiple": "多选",
        "true_false": "判断",
        "blank": "填空",
        "essay": "简答",
        "bulletin": "工作简讯",
        "summary": "总结",
        "copy": "完整副本",
        "correct": "更正",
        "delete": "删除",
        "report": "报告",
        "export": "导出",
        "roster_import": "导入花名册",
        "units_import": "导入单位",
        "bank_import": "导入题库",
    },
    "fields": {"name": "姓名", "unit": "单位", "unit_id": "单位", "staff_number": "工号", "phone": "手机"},
    "mode": {"formal": "正式答题", "daily": "每日答题", "practice": "练习"},
    "partial": {"none": "不给分", "half": "给一半", "each": "选对几项给几份"},
    "counts": {"best": "最好的一次", "first": "第一次", "last": "最后一次", "sum": "每天最好成绩相加"},
    "reveals": {"at_once": "答完一题就公布", "at_end": "交卷后公布", "after_close": "活动结束后公布"},
    "admission": {"open": "任何人", "unit": "选了单位的人", "roster": "花名册上的人"},
    "unit_ranking": {"participation": "参与率", "average": "平均分", "total": "总分", "pass_rate": "合格率"},
    "wins": {"campaign": "整个活动只中一次", "group": "每组奖项各中一次", "any": "不限"},
    "ties": {"time": "分数和用时都相同才算并列", "points": "分数相同就算并列"},
    "collecting": {"pickup": "自己来领", "post": "邮寄", "none": "不用领"},
}
_MOMENTS = frozenset({"opens_ms", "closes_ms", "until_ms"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is other than before, as people read it."""

    what: str
    before: str
    """Empty: nothing is known of before."""
    after: str

    @property
    def told(self) -> str:
        if self.before and self.after:
            return f"{self.before} → {self.after}"
        return self.after or f"原为 {self.before}"


def deed(code: str) -> str:
    """What was done, as people read it."""
    return DEEDS.get(code, code)


def room(code: str) -> str:
    """The room of a code, as people read it."""
    return ROOMS.get(code.partition(".")[0], code)


def subject(written: str) -> str:
    """What it was done to, as people read it: ``活动 demo``, ``人员 17``."""
    kind, _, name = written.partition(":")
    called = _SUBJECTS.get(kind, kind)
    return called if not name or name in {"all", "log"} else f"{called} {name}"


def sought(text: str) -> str:
    """What to look for in subjects, of what somebody typed: ``活动 demo`` is ``campaign:demo``."""
    for kind, called in _SUBJECTS.items():
        if text == called or text.startswith(f"{called} "):
            return f"{kind}:{text[len(called) :].strip()}"
    return text


def whose(by: str) -> str:
    return by or NOBODY


def differences(entry: Entry, zone: str) -> list[Difference]:
    """What was other, in the order in which it was written; moments as of the zone."""
    before, after = entry.before or {}, entry.after or {}
    return [
        Difference(
            _FIELDS.get(key, key),
            _value(key, before[key], zone) if key in before else "",
            _value(key, after[key], zone) if key in after else "",
        )
        for key in {**before, **after}
    ]


def in_one_line(entry: Entry, zone: str) -> str:
    """The same in one cell of a table."""
    return "；".join(f"{one.what}：{one.told}" for one in differences(entry, zone))


def _value(key: str, value: object, zone: str) -> str:
    if value is None or value in ("", [], {}):
        return EMPTY
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int) and key in _MOMENTS:
        return in_words(value, zone)
    return _listed(key, value)


def _listed(key: str, value: Any) -> str:  # noqa: ANN401 — whatever JSON can hold
    if isinstance(value, Mapping):
        return "，".join(f"{_FIELDS.get(inner, inner)} {_listed(inner, one)}" for inner, one in value.items())
    if isinstance(value, list):
        nested = any(isinstance(one, list | Mapping) for one in value)
        return ("；" if nested else "、").join(_listed(key, one) for one in value)
    if isinstance(value, str):
        return _VALUES.get(key, {}).get(value, value)
    return EMPTY if value is None else "是" if value is True else "否" if value is False else str(value)
