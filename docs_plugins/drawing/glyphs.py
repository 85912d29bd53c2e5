"""Characters of mathematics: TeX's names for them, their italics, and how wide they are."""

from __future__ import annotations

from string import ascii_lowercase, ascii_uppercase

ACCENTS = {
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "hat": "\u0302",
    "bar": "\u0304",
    "dot": "\u0307",
    "vec": "\u20d7",
}
SPACING = {"\u0303": "˜", "\u0302": "ˆ", "\u0304": "¯", "\u0307": "˙"}  # marks that stand alone
TALL = frozenset("bdfhkltABCDEFGHIJKLMNOPQRSTUVWXYZβδζθλξϕφψΓΔΘΛΞΠΣΦΨΩ")
MARK = 381  # the width of a mark that stands alone
LEAN = 60  # how far italics carry it to the right

GREEK_NAMES = (
    "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho"
    " varsigma sigma tau upsilon varphi chi psi omega"
)
GREEK_ITALICS = 0x1D6FC
VARIANTS = {"epsilon": "𝜖", "phi": "𝜙", "vartheta": "𝜗"}
OPERATORS = {
    "cdot": "·",
    ",": "·",  # the thin space of a product: a figure says the operation
    "times": "×",
    "odot": "⊙",
    "le": "≤",
    "leq": "≤",
    "ge": "≥",
    "geq": "≥",
    "approx": "≈",
    "to": "→",
    "ne": "≠",
    "neq": "≠",
    "in": "∈",
    "mapsto": "↦",
}
# every command that stands for characters alone
SIGNS = {
    **{name: f" {sign} " for name, sign in OPERATORS.items()},
    **{name: chr(GREEK_ITALICS + place) for place, name in enumerate(GREEK_NAMES.split())},
    **VARIANTS,
    **dict(
        zip(
            ("Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi", "Psi", "Omega"),
            "ΓΔΘΛΞΠΣΦΨΩ",
            strict=True,
        )
    ),
    **dict.fromkeys((";", ":", " "), " "),
    **dict.fromkeys(("left", "right", "big", "Big", "displaystyle", "textstyle", "!"), ""),
    **{sign: sign for sign in "{}%_"},
    "partial": "∂",
    "infty": "∞",
    "sum": "Σ",
    "nabla": "∇",
    "top": "⊤",
    "prime": "′",
    "ldots": "…",
    "dots": "…",
    "cdots": "⋯",
    "quad": "  ",
    "lvert": "|",
    "rvert": "|",
    "|": "‖",
    "lVert": "‖",
    "rVert": "‖",
    "langle": "⟨",
    "rangle": "⟩",
}
# advance widths in thousandths of the letters' size, rounded up for fonts that may stand in
BY_WIDTH = {
    240: " ",
    260: ",.𝜄",
    280: "j|𝑖𝑙",
    300: "il·′",
    320: "ft",
    340: "{}⟨⟩𝑡",
    360: "()I[]𝐼",
    380: "r",
    400: "/Js𝐽𝑠𝜀",
    420: "𝑐𝑟𝜍𝜖",
    440: "‖𝑒𝑗",
    460: "cz",
    480: "aex∂𝜁𝜊𝜏",
    500: "0123456789gvy𝑜𝑧𝛾𝜈𝜉",
    520: "S_o𝑏𝑔𝑞𝑣𝑦𝛿𝜂𝜃𝜅𝜐",
    540: "bdpq∗𝑆𝑘𝜆",
    560: "k𝑎𝑑𝑥𝛽𝜌",
    580: "PhnuΓℎ𝐿𝑃𝑓𝑛𝑢𝜎𝜗",
    600: "FLZ𝐵𝐹𝑝𝛼𝜇𝜙",
    620: "BTΣ𝐸𝑅𝑇𝑌𝑍𝜑",
    640: "E𝑉𝑋𝜋𝜓",
    660: "RY×Ξ𝐶𝐾𝜒𝜔",
    680: "CVXΔ",
    700: "%𝐴𝐺",
    720: "+<=>AGKΛΦΨ∈−≈≠≤≥⊤𝐷𝑁𝑂𝑄",
    740: "DOQΘ𝑈𝑤",
    760: "NUwΠ∇𝐻",
    780: "HΩ",
    800: "√",
    840: "𝑚",
    860: "m",
    880: "⊕⊙𝑀",
    900: "M…",
    920: "𝑊",
    960: "W→↦∞⋯",
}
WIDTHS = {letter: width for width, letters in BY_WIDTH.items() for letter in letters}
WIDTHS |= dict.fromkeys([*map(chr, range(0x0300, 0x0370)), "\u20d7"], 0)  # marks over a letter
UNKNOWN = 760
UPRIGHT = (
    {0x1D434 + place: letter for place, letter in enumerate(ascii_uppercase)}
    | {0x1D44E + place: letter for place, letter in enumerate(ascii_lowercase)}
    | {GREEK_ITALICS + place: chr(ord("α") + place) for place in range(25)}
    | dict(zip(map(ord, "ℎ𝜖𝜙𝜗"), "hϵϕϑ", strict=True))
)


def italic(letter: str) -> str:
    """A letter in the italics of mathematics; any other character as it is.

    >>> italic("v"), italic("h"), italic("(")
    ('𝑣', 'ℎ', '(')
    """
    if letter == "h":
        return "ℎ"
    if "a" <= letter <= "z":
        return chr(0x1D44E + ord(letter) - ord("a"))
    if "A" <= letter <= "Z":
        return chr(0x1D434 + ord(letter) - ord("A"))
    return letter


def upright(text: str) -> str:
    """The letters that italics of mathematics are; any other character as it is.

    >>> upright("𝑣"), upright("𝜓"), upright("7")
    ('v', 'ψ', '7')
    """
    return text.translate(UPRIGHT)


def advance(text: str) -> int:
    """How wide a text is, in thousandths of the letters' size, as nearly as can be told."""
    return sum([WIDTHS.get(letter, UNKNOWN) for letter in text])
