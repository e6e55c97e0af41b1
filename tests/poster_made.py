"""A poster as most are."""

from __future__ import annotations

from campaigns.prints.posters import Poster

ORDINARY = Poster(
    name="2026年全国节能宣传周节能知识答题",
    theme="节能增效，减少 CO₂ 排放",
    dates="2026年6月10日—6月20日",
    address="https://jieneng.example.gov.cn/q/demo?u=CD0108",
    unit="成都市龙泉驿区第三中学",
    organiser="成都市机关事务管理局",
    footer="蜀ICP备2026000001号-1",
)
