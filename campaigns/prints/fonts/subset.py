"""Make the two fonts of this folder: Noto Sans SC reduced to what Chinese offices print.

Source: the npm package ``@expo-google-fonts/noto-sans-sc`` 0.4.3 (SIL Open Font License 1.1, see OFL.txt), which
carries the static TTF weights of Google Fonts. To make the fonts again::

    npm pack @expo-google-fonts/noto-sans-sc && tar xzf expo-google-fonts-noto-sans-sc-*.tgz
    python campaigns/prints/fonts/subset.py package

Kept: ASCII, the whole of GB 2312 (its symbols too), `SYMBOLS`, and `NAMES`. Hints and layout tables are dropped: PDF
needs neither. Added, since the source font lacks them: lowered digits ₀–₉ and raised ⁰–⁹, which are the digits of
a heavier weight made small, so that their strokes match; ✗ and ✘, which are a larger ×; ✔, ► and ☐, which
share the glyphs of ✓, ▶ and □.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

SYMBOLS = (
    "¡¢£¥§©«®°±²³´µ¶·¹º»¼½¾¿×÷ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ"
    "‐–—‘’“”•…‰′″※€™Ω℃℉℡№←↑→↓↗↘⇒∑−√∞∠∥≈≠≡≤≥①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
    "■□▲△▶▼▽◆◇○◎●★☆✓〇、。〈〉《》「」『』【】〒〓〔〕〖〗㎎㎏㎜㎝㎞㎡㎥㏄㏑㏒㏕＃％＆＊＋－／＜＝＞＠［］｛｝｜～￥"
)

NAMES = (
    "㛃䜣䝙䢺䣘䥽䦃䰾䲟䴓䶮喆嘢垚埇埌堃堼堽塱姞姮婳媞嫄嫚嬿孖孭峂峃峣崀崟嵎嶍嶓弢彧忞惇愔扆抃掞旸旻昇昉昳"
    "晅晙晞晳暎暐曈杕梽梾梿棪棽楒楙榃槃橞汭沄沚泃泜泩洑洣洨洺浉浛浟浡浥涢涴淏淓淯湉湜湝湴溁溇溦滘滧滪漴漷"
    "潓澛澥澴濋濛瀍炆炘炟烜焜燊燚爔犇玘玙玚玞玠玥玦玭玹珅珣珮珺琇琎琤琯瑀瑃瑄瑢瑧瑱璈璘璟璠璿畯皞瞾矼砫硚"
    "磏礽祃祎祐禔禛禤秾穀窅竑筼箓簃纮翀翃翙翚翯脩芃茀莙菂萩蒟蒨虓螣衎袆訚詝諴讱诇谞谿贇赑赟赪轘邘邨郃郚鄌"
    "鄚鄠酂釬鈊鋆錡铚锜锠锳锽镈镕闿雱霂韡頔颋颎颙飏飐馧驩骉骎骕骙骦髙鲘鳣鸰鹓鹔鹮鼒齮龑龢"
)
"""Beyond GB 2312, for the names of people and places."""

SHARED = {"✔": "✓", "►": "▶", "☐": "□"}
SMALL_DIGITS = (("₀₁₂₃₄₅₆₇₈₉", -150), ("⁰¹²³⁴⁵⁶⁷⁸⁹", 440))
"""Each with the height of its baseline, in thousandths of the font size."""
SMALL = 0.6
WEIGHTS = {
    "Regular": ("400Regular/NotoSansSC_400Regular.ttf", "600SemiBold/NotoSansSC_600SemiBold.ttf"),
    "Bold": ("700Bold/NotoSansSC_700Bold.ttf", "900Black/NotoSansSC_900Black.ttf"),
}
"""The font to reduce, and the heavier one whose digits are made small."""
NAMES_KEPT = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 14]


def gb2312() -> str:
    """Every character of GB 2312, in its own order."""
    cells = (bytes((row, cell)) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    return "".join(cell.decode("gb2312", "ignore") for cell in cells)


def repertoire() -> set[int]:
    """The code points to keep of the source font."""
    ascii_printable = "".join(map(chr, range(0x20, 0x7F)))
    return set(map(ord, ascii_printable + "\N{NO-BREAK SPACE}" + gb2312() + SYMBOLS + NAMES))


def map_character(font: TTFont, character: str, glyph: str) -> None:
    """Let `character` be shown by `glyph` in every Unicode map that can hold it."""
    for table in font["cmap"].tables:
        if table.isUnicode() and table.format in (4, 12):
            table.cmap[ord(character)] = glyph


def add_scaled(font: TTFont, character: str, source: TTFont, original: str, scale: float, rise: int) -> None:
    """Add `character` as `original` of `source`, `scale` as large and with its baseline at `rise`."""
    glyphs = source.getGlyphSet()
    name = source.getBestCmap()[ord(original)]
    pen = TTGlyphPen(None)
    glyphs[name].draw(TransformPen(pen, (scale, 0, 0, scale, 20, rise)))
    new = f"uni{ord(character):04X}.small"
    font.setGlyphOrder([*font.getGlyphOrder(), new])
    font["glyf"][new] = pen.glyph()
    font["glyf"][new].recalcBounds(font["glyf"])
    font["hmtx"][new] = (round(glyphs[name].width * scale) + 40, font["glyf"][new].xMin)
    map_character(font, character, new)


def reduced(package: Path, weight: str) -> TTFont:
    """One weight of the package, reduced and completed as this module's docstring says."""
    own, heavier = (TTFont(package / path) for path in WEIGHTS[weight])
    options = Options(hinting=False, glyph_names=False, notdef_outline=True, name_IDs=NAMES_KEPT, layout_features=[])
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VORG", "DSIG", "STAT"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=repertoire())
    subsetter.subset(own)
    for digits, rise in SMALL_DIGITS:
        for digit, character in enumerate(digits):
            add_scaled(own, character, heavier, str(digit), SMALL, rise)
    for cross in "✗✘":
        add_scaled(own, cross, own, "×", 1.15, -45)
    for character, like in SHARED.items():
        map_character(own, character, own.getBestCmap()[ord(like)])
    return own


def main(package: Path) -> None:
    """Write ``NotoSansSC-Regular.ttf`` and ``NotoSansSC-Bold.ttf`` beside this file."""
    for weight in WEIGHTS:
        font = reduced(package, weight)
        font["head"].modified = font["head"].created  # the same bytes whenever it is made
        font.recalcTimestamp = False
        font.save(Path(__file__).parent / f"NotoSansSC-{weight}.ttf")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
