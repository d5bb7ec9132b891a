"""Abstract, geometric illustrations for the demo stories, drawn with Pillow.

Drawings work in a 1200 by 800 space, painted large, then cut to the shape asked for and
reduced, for clean edges. Nothing reads a file, uses a font or depends on chance.
A sketch is text: shapes parted by semicolons, each a verb, a fill and numbers. A fill is one
tone, or two and a colon to shade from top to foot, then perhaps @ and an opacity;
`blue+ink.2` is blue a fifth of the way to ink.
"""

from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from math import cos, hypot, radians, sin

from PIL import Image, ImageColor, ImageDraw, ImageOps

_OVERSAMPLE, _MAX_BYTES = 3, 119_000
_Points = list[tuple[float, float]]
_TONES = {"ink": "#16202c", "blue": "#1b5377", "slate": "#4c5763", "mist": "#d5dae0"}
_TONES |= {"ochre": "#f2b705", "ice": "#e7f0f6", "red": "#8a2a2a", "white": "#ffffff"}
_TONES |= {"navy": "#183750", "steel": "#6589a1", "sky": "#91aec1", "pale": "#edd47e"}
_TONES |= {"wine": "#5b262b", "ash": "#a5acb4"}
_STAMPS = {  # sketches used as verbs of their own: a place and a size follow, $ is the fill
    "sun": "disc $@.1 0 0 2.3; disc $@.14 0 0 1.8; disc $@.22 0 0 1.38; disc $ 0 0 1",
    "person": "poly $ -.1 -.74 .1 -.74 .17 0 -.17 0; disc $ 0 -.88 .115",
    "seat": "dome $ 0 2 1.4 1.3 180 360; disc $+ink.3 0 0 .66",
    "tree": """dome ink@.3 -.3 0 1 .18 0 360; rect ink -.08 -1 .16 1; disc $:$+ink.5 0 -1.5 1;
        dome ice@.1 0 -1.5 1 1 90 270""",
    "home": """rect navy .72 -1.28 .1 .5; rect $:$+mist.6 0 -.8 1 1; poly red:wine -.1 -.79 .5 -1.2 1.1 -.79;
        rect blue .16 -.6 .2 .22 .64 -.6 .2 .22 .41 -.27 .18 .47""",
    "flask": """poly steel@.35 -.2 -2.1 .2 -2.1 1 0 -1 0; poly $:$+ink.2 -.57 -1 .57 -1 1 0 -1 0;
        rect steel@.6 -.2 -2.6 .4 .5; card blue 0 -2.6 .6 .12 .06""",
    "box": """poly $+ink.5 200 110 234 92 234 246 200 260; rect $:$+ink.15 0 100 200 160;
        poly $+white.3 -8 84 34 64 242 64 208 84; rect $+ink.2 -8 84 216 36; card $+ink.6 100 218 60 18 9;
        card white 100 162 112 56 4; rect slate 58 148 64 6 58 162 84 6 58 176 40 6""",
    "letter": """card ink+slate.2 10 14 370 240 8; card $:$+ink.1 0 0 370 240 8;
        poly $+ink.3 -183 -116 183 -116 0 26; poly $+ink.06 -183 -116 183 -116 0 14; disc red 0 8 19""",
    "coin": """dome $+red.4 0 0 84 26 0 180; rect $+red.4 -84 -20 168 21; dome $ 0 -20 84 26 0 360;
        dome $+white.35 0 -20 60 17 0 360""",
}


def _tone(name: str) -> tuple[int, ...]:
    """Return the colour of a tone, or of one mixed a part of the way to others."""
    first, *others = name.split("+")
    colour: tuple[int, ...] = ImageColor.getrgb(_TONES[first])
    for other in others:
        second = other.rstrip(".0123456789")
        pairs = zip(colour, ImageColor.getrgb(_TONES[second]), strict=True)
        colour = tuple(round(a + (b - a) * float(other[len(second) :])) for a, b in pairs)
    return colour


def _arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> _Points:
    """Return points along an ellipse from one angle to another, in degrees."""
    steps = [radians(start + (end - start) * i / 90) for i in range(91)]
    return [(x + rx * cos(a), y + ry * sin(a)) for a in steps]


def _outlines(verb: str, numbers: list[float]) -> Iterator[_Points]:
    """Yield the polygons that a verb and its numbers stand for."""
    if verb == "line":  # a width, then corners
        width, *n = numbers
        for (xa, ya), (xb, yb) in pairwise(zip(n[::2], n[1::2], strict=True)):
            reach = width / 2 / (hypot(xb - xa, yb - ya) or 1)
            p, q = (ya - yb) * reach, (xb - xa) * reach
            yield [(xa + p, ya + q), (xb + p, yb + q), (xb - p, yb - q), (xa - p, ya - q)]
        return
    size = {"rect": 4, "disc": 3, "card": 5, "dome": 6}.get(verb, len(numbers))
    for n in (numbers[i : i + size] for i in range(0, len(numbers), size)):
        if verb == "rect":  # left, top, width, height
            x, y, w, h = n
            yield [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
        elif verb == "card":  # centre, width, height, radius of the corners
            x, y, w, h, r = n
            turns = ((1, 1, 0), (-1, 1, 90), (-1, -1, 180), (1, -1, 270))
            ends = [(x + p * (w / 2 - r), y + q * (h / 2 - r), a) for p, q, a in turns]
            yield [spot for p, q, a in ends for spot in _arc(p, q, r, r, a, a + 90)]
        elif verb == "bend":  # a width, then centre, radii and angles
            w, x, y, rx, ry, a, z = n
            yield _arc(x, y, rx + w, ry + w, a, z) + _arc(x, y, rx, ry, z, a)
        elif verb == "hills":  # a base line, a height, and a shift along the range
            y, h, shift = n
            wave = [(x, sin(x / 190 + shift) + sin(x / 83 + shift * 2) / 2) for x in range(1210)]
            yield [*((x, y - h * lift / 3) for x, lift in wave), (1210, 808), (0, 808)]
        elif verb == "poly":
            yield list(zip(n[::2], n[1::2], strict=True))
        else:  # a dome is centre, radii and angles; a disc is centre and radius
            yield _arc(*(n if verb == "dome" else [*n, n[2], 0, 360]))


class _Drawings:
    """A large canvas, and the drawings.

    Each public method paints the picture it names.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self._scale = _OVERSAMPLE * max(size[0] / 1200, size[1] / 800)
        self._image = Image.new("RGB", (round(1200 * self._scale), round(800 * self._scale)))

    def _poly(self, points: _Points, fill: str) -> None:
        """Paint a polygon."""
        xs, ys = [x * self._scale for x, _ in points], [y * self._scale for _, y in points]
        x0, y0 = int(min(xs)), int(min(ys))
        mask = Image.new("L", (int(max(xs)) + 2 - x0, int(max(ys)) + 2 - y0))
        tones, _, alpha = fill.partition("@")
        spots = [(x - x0, y - y0) for x, y in zip(xs, ys, strict=True)]
        ImageDraw.Draw(mask).polygon(spots, round(255 * float(alpha or 1)))
        ends = [_tone(each) for each in tones.split(":")]
        shade = ImageOps.colorize(Image.linear_gradient("L"), ends[0], ends[-1])
        self._image.paste(shade.resize(mask.size), (x0, y0), mask)

    def _paint(self, sketch: str) -> None:
        """Paint a sketch; `at` takes a place, a size and a turn for all that follows it."""
        x, y, size, turn = 0.0, 0.0, 1.0, 0.0
        for phrase in sketch.split(";"):
            verb, fill, *rest = phrase.split()
            n = [float(each) for each in rest]
            c, s = size * cos(radians(turn)), size * sin(radians(turn))
            if verb == "at":
                x, y, size, turn = float(fill), *n
            elif verb in _STAMPS:
                p, q = x + n[0] * c - n[1] * s, y + n[0] * s + n[1] * c
                self._paint(f"at {p} {q} {size * n[2]} {turn};" + _STAMPS[verb].replace("$", fill))
            else:
                for points in _outlines(verb, n):
                    self._poly([(x + p * c - q * s, y + p * s + q * c) for p, q in points], fill)

    def court_steps(self) -> None:
        self._paint("""rect sky:ice 0 0 1200 800; sun ochre 925 215 92; rect sky:mist 0 410 1200 160;
            rect navy:blue 215 262 770 308; rect ink 568 380 64 190""")
        for x in range(238, 980, 134):
            self._paint(f"""at {x} 272 1 0; rect white:ice 0 0 36 298; rect mist:ash 36 0 18 298;
                rect ice -8 0 70 16 -8 278 70 10""")
        self._paint("""rect ice:ash 190 232 820 42; poly ice 166 234 600 88 1034 234;
            poly navy:steel 290 216 600 112 910 216""")
        for i in range(7):
            x, w = 168 - i * (34 + i * 5), 864 + i * (68 + i * 10)
            self._paint(f"""at {x} {556 + i * 36} 1 0; rect white+mist{i / 9:.2f} 0 0 {w} 15;
                rect ash+slate{i / 8:.2f} 0 14 {w} 24""")
        self._paint("""poly ink@.16 168 556 430 556 130 810 -200 810; poly ink@.25 726 606 744 606 670 650;
            poly ink@.25 760 606 778 606 706 650; poly ink@.25 424 678 440 678 366 724; person ink 735 606 66;
            person ink 768 606 60; person red 432 678 78""")

    def scales(self) -> None:
        self._paint("""rect navy 0 0 600 690; rect ink 0 690 600 110; rect ice:mist 600 0 600 690;
            rect ash 600 690 600 110; dome blue:steel 600 400 325 325 90 270;
            dome ochre:pale 600 400 325 325 -90 90; disc red:wine 900 416 60; rect ochre:ochre+red.4 246 440
            108 36 260 404 80 36 274 368 52 36; line ash 5 182 476 300 232 418 476;
            line slate 5 782 476 900 232 1018 476; dome ice:ash 300 476 142 92 0 180;
            dome ink:slate 900 476 142 92 0 180; card ice 450 232 330 18 9; card ink 750 232 330 18 9;
            rect ice 587 190 13 490; rect ink 600 190 13 490; poly ice 600 690 600 630 575 662 470 690;
            poly ink 600 690 600 630 625 662 730 690; disc ochre 600 196 36; disc ink 600 196 15""")

    def motorway_night(self) -> None:
        self._paint("""rect ink:blue 0 0 1200 520; sun ice 262 140 46; hills blue+ink.25 372 110 0.6;
            hills blue+ink.5 396 70 3.1; rect navy:ink 0 408 1200 400;
            poly slate:slate+ink.6 688 404 712 404 1500 810 -420 810;
            poly ink 697 404 703 404 560 810 460 810; rect navy:ink 318 330 34 124 1010 318 40 128;
            poly slate+blue.4:ink 0 316 1200 286 1200 322 0 354""")
        for i, x in enumerate((-150, 0, 150, 330, 640, 790, 985)):
            shade, far = ("ochre", "ice", "ochre", "ice", "red", "ochre", "red")[i], 692 + i * 2
            self._paint(f"poly {shade}@.9 {far} 405 {far + 2} 405 {x + 36} 810 {x} 810")
        for size in (24, 41, 72, 125, 216):
            self._paint(f"""at {700 + size * 1.92} {408 + size * 0.72} {size} 0;
                line steel .035 0 0 0 -1.6 -.29 -1.64; disc ochre@.18 -.3 -1.62 .19;
                card ochre -.31 -1.63 .17 .042 .02""")

    def port_containers(self) -> None:
        self._paint("rect steel:ice 0 0 1200 800; sun ochre 205 190 74; rect sky 0 545 1200 160")
        tones = ("blue", "red", "steel", "ochre", "slate", "navy", "mist")
        slats = " ".join(f"{k * 15 + 13} 12 7 68" for k in range(11))
        for row, col in ((i, j) for i in range(5) for j in range(i // 2, 6 - i // 3)):
            shade = tones[(row * 3 + col * (row + 2)) % 7]
            self._paint(f"""at {30 + col * 196 + row % 2 * 22} {604 - row * 96} 1 0;
                rect {shade}+white.1:{shade}+ink.15 0 0 190 92; rect ink@.14 {slats}; rect ink@.3 0 84 190 8;
                rect ink@.2 166 0 24 92""")
        dashes = " ".join(f"{x} 742 80 10" for x in range(20, 1200, 160))
        self._paint(f"""rect slate:ink 0 696 1200 110; rect ochre {dashes};
            line navy 6 1018 0 1158 80 1018 160 1158 240 1018 320; rect navy 1010 0 16 324 1150 0 16 324 400
            36 800 26 646 170 118 14; rect ink 664 62 4 110 742 62 4 110""")

    def phone_screens(self) -> None:
        self._paint("rect blue:navy 0 0 1200 800; disc steel@.3 600 430 400 600 430 292")
        for i, shade in enumerate(("mist", "ochre", "ice", "steel", "white")):
            x, turn = ((232, -15), (968, 15), (420, -7), (780, 7), (600, 0))[i]
            self._paint(f"""at {x} {412 + abs(turn) * 2.7} 1 {turn}; card ink 0 0 280 560 38;
                card {shade} 0 0 252 530 26; card ink 0 -246 78 16 8; card {shade}+ink.16 -37 -178 150 44 16
                -58 -112 108 44 16 -46 20 132 44 16 0 238 96 8 4; card blue 30 -46 164 44 16 42 152 140 44 16;
                card {"blue" if turn else "red"} 64 86 96 44 16""")

    def cash_ledger(self) -> None:
        self._paint("""rect slate+ink.5:slate 0 0 1200 800;
            poly ice@.06 0 0 520 0 1200 640 1200 800 760 800 0 150; at 530 404 1 -6; card ink 14 22 930 600 8;
            card red 0 0 930 600 8; card white -222 0 440 560 4; card ice 222 0 440 560 4;
            rect mist -28 -280 28 560; rect ash 0 -280 28 560""")
        for i in range(11):
            y, a, b = i * 42 - 205, i * 37 % 50, i * 23 % 40
            self._paint(f"""at 530 404 1 -6; rect mist -410 {y + 22} 370 2 50 {y + 22} 370 2;
                rect {"red" if i == 6 else "blue"} -410 {y} {110 + a} 12; rect slate -150 {y} {50 + b} 12;
                rect steel 56 {y} {170 - a} 12; rect {"red" if i == 3 else "slate"} 300 {y} {90 - b} 12""")
        for x, y, count in ((1094, 730, 13), (868, 756, 6), (984, 774, 9)):
            coins = "".join(f"; coin ochre {x + i * 7 % 5} {y - i * 22} 1" for i in range(count))
            self._paint(f"dome ink@.35 {x - 22} {y + 8} 104 34 0 360" + coins)

    def village_green(self) -> None:
        self._paint("""rect sky:ice 0 0 1200 800; sun ochre 300 180 66; hills sky+steel.4 400 150 1.1;
            hills steel 450 120 4.0; rect white:mist 790 226 54 320; rect mist:ash 844 226 30 320;
            poly navy:ink 780 227 832 66 884 227; dome ink 832 290 13 24 0 360; home white 80 530 124;
            home pale 226 540 150; home mist 400 530 118; home white 540 540 170; home pale 900 545 190;
            dome blue+slate.3:navy 600 860 980 330 180 360; poly pale@.75 300 552 346 550 190 810 -60 810;
            dome steel:ice@.6 640 680 400 80 0 360; dome sky:ice@.6 690 692 210 42 0 360;
            tree steel 66 570 74; tree blue 744 545 54; tree blue 1128 610 104; tree steel 458 552 38""")

    def city_skyline(self) -> None:
        self._paint("rect blue:pale 0 0 1200 800; sun pale 806 236 96")
        for i in range(54):
            layer, step = divmod(i, 18)
            w, h = 78 + i * 41 % 40, 260 - layer * 90 + (step * step * 53 + i * 97) % 250
            shade, roof = ("steel", "blue", "navy")[layer], -46 if i % 4 == 1 else 0
            tower = f"""at {step * 70 - 40 + i * 17 % 30} {690 - h} 1 0; poly {shade} 0 2 {w} {roof} {w} 2;
                rect {shade}:{shade}+ink.2 0 0 {w} {h}; rect ink@.16 {w * 0.66} 0 {w * 0.34} {h}"""
            for row, col in ((j, k) for j in range(h // 30) for k in range(w // 22)):
                lit = (row * 5 + col * 3 + i * 7 + row * col) % 6 == 0
                pane = ("ice@.12", "ochre@.9" if layer else "ice@.9")[lit]
                tower += f"; rect {pane} {11 + col * 21} {16 + row * 30} 10 15"
            self._paint(tower)
        waves = " ".join(f"{x} {706 + x * 37 % 86} {60 + x % 70} 4" for x in range(0, 1200, 46))
        self._paint(f"rect navy:ink 0 690 1200 120; rect ochre@.35 {waves}")

    def school_corridor(self) -> None:
        self._paint("""rect white:mist 0 0 1200 800; poly sky:steel 0 800 1200 800 730 455 470 455;
            poly steel:blue 0 0 470 282 470 455 0 800; poly ice:ash 1200 0 730 282 730 455 1200 800;
            rect ice:pale 470 282 260 173; rect white 450 60 300 18 500 158 200 12 535 218 130 8;
            rect blue:navy 530 318 68 137 602 318 68 137; rect pale 544 334 40 52 616 334 40 52""")
        for i, shade in enumerate(("sky", "steel", "ochre", "steel", "red", "steel", "ochre")):
            self._paint(f"""at 600 360 {0.8**i} 0; poly {shade}:{shade}+ink.3 -592 -230 -482 -187 -482 301
                -592 370; poly ink@.5 -560 -165 -512 -151 -512 -144 -560 -157;
                poly ink@.5 -560 -140 -512 -128 -512 -121 -560 -132""")
        for i in range(4):
            self._paint(f"""at 600 360 {0.72**i} 0; poly ochre+white.4:pale 570 -237 450 -187 450 45 570 57;
                poly pale@.7 330 418 130 418 100 330 258 330""")
        self._paint("person ink 500 600 200")

    def evidence_boxes(self) -> None:
        self._paint("""rect navy:blue 0 0 1200 800; rect sky:steel 0 150 1200 22 0 420 1200 22 0 690 1200 22;
            rect ink@.3 0 172 1200 40 0 442 1200 40 0 712 1200 40; box red 380 -110 1; box steel 830 -110 1;
            box blue 70 160 1; box sky 330 160 1; box red 620 160 1; box mist 870 160 1; box mist 40 430 1;
            box ochre 470 430 1; box steel 710 430 1; box sky 960 430 1;
            poly ice@.08 0 0 330 0 900 800 280 800; poly ice@.05 560 0 690 0 1200 720 1200 800 1130 800""")

    def conference_hall(self) -> None:
        drapes = " ".join(f"{x} 60 60 470" for x in range(30, 1200, 120))
        self._paint(f"""rect ink:navy 0 0 1200 800; rect blue:navy@.5 {drapes}; rect ice:pale 330 90 540 290;
            disc steel@.75 520 250 92; disc blue@.75 620 220 120; disc ochre@.75 716 266 74;
            rect steel:blue 180 500 840 60; poly pale@.16 142 0 158 0 740 512 560 512;
            poly pale@.16 1042 0 1058 0 640 512 460 512; person ink 600 500 150;
            poly ochre:ochre+red.4 556 418 644 418 630 506 570 506""")
        for i in range(68):
            row, x = i // 17, i % 17 - 8 + i // 17 % 2 / 2
            coat = "red" if i % 11 == 4 else "steel" if i % 7 == 2 else f"blue+ink{0.3 + row * 0.2}"
            self._paint(f"seat {coat} {600 + x * (80 + row * 32)} {580 + row * 62} {25 + row * 10}")

    def bridge_river(self) -> None:
        self._paint("""rect sky:pale+white.3 0 0 1200 800; sun ochre 600 400 84;
            hills steel+sky.4 430 140 2.2; hills steel 460 80 5.1; rect steel:navy 0 476 1200 334""")
        for i in range(12):
            wide = 190 - i * 9 - i % 2 * 60
            self._paint(f"card ochre@{1 - i / 15} {586 + i % 3 * 14} {516 + i * 23} {wide} 8 4")
        for x in (272, 880):
            self._paint(f"""at {x} 150 1 0; rect navy:blue@.4 0 410 48 190; rect red:wine 0 0 18 420 30 0 18
                420 0 0 48 14 0 100 48 14 0 200 48 14; rect slate:ink -20 395 88 36""")
        for middle in (-8, 600, 1208):
            cable = [(middle + 15.2 * k, 150 + 250 * (1 - k * k / 400)) for k in range(-20, 21)]
            curve = " ".join(f"{x} {y}" for x, y in cable)
            hangers = " ".join(f"{x - 1} {y} 3 {450 - y}" for x, y in cable[1:-1:2])
            self._paint(f"rect wine {hangers}; line wine 8 {curve}")
        self._paint("rect ice:ash 0 440 1200 16; rect navy:ink 0 456 1200 22")

    def letters_desk(self) -> None:
        self._paint("""rect navy:blue 0 0 1200 340; rect slate:ink 0 330 1200 480; rect sky 0 326 1200 6;
            poly pale@.22 862 214 1000 176 1240 560 420 620; dome pale@.25 800 590 430 150 0 360;
            at 250 520 1 -14; letter ice 0 0 1; at 560 590 1 9; letter steel 0 0 1; at 410 450 1 4;
            letter mist 0 0 1; at 790 600 .96 -8; letter ochre 0 0 1; at 500 400 .96 -5; letter white 0 0 1;
            at 0 0 1 0; dome ink@.4 1050 618 130 40 0 360; line ice 14 1060 590 1130 380 960 190;
            disc ochre 1130 380 16; dome ice:ash 1060 606 112 36 180 360; rect ash 948 605 224 9;
            at 935 200 1 -22; card red:wine 0 0 190 96 40; card pale 0 38 150 22 10""")

    def lab_bench(self) -> None:
        self._paint("""rect ice:mist 0 0 1200 800; disc sky:ice 610 380 320; rect slate:ink 0 620 1200 190;
            rect white 0 610 1200 16; flask ochre 190 610 120; flask red 396 610 82""")
        for i, shade in enumerate(("blue", "ochre", "steel", "red")):
            self._paint(f"""at {900 + i * 70} 490 1 0; card white@.9 0 0 38 216 18;
                card {shade} 0 {44 - i % 2 * 14} 38 {126 + i % 2 * 28} 18""")
        self._paint("""rect blue:navy 860 450 290 18 860 592 290 18 860 450 14 160 1136 450 14 160;
            bend navy 42 606 424 108 132 -112 90; card ink 640 596 270 30 10; card ink 600 494 190 16 6;
            rect navy 590 494 20 90; at 590 320 1 -18; card blue:navy 0 0 62 220 6; card ink 0 -130 44 60 6;
            card ash 0 126 36 52 6; rect ochre -31 -67 62 14""")

    def flags(self) -> None:
        columns = " ".join(f"{x} 400 46 160" for x in range(20, 1200, 80))
        self._paint(f"""rect sky:ice 0 0 1200 800; sun ochre 1010 170 60; rect steel:sky 0 400 1200 160;
            rect ice:mist {columns}; rect white:mist 0 372 1200 34 0 548 1200 26;
            rect blue:navy 0 570 1200 240""")
        odd = ("ochre", "ice", "navy", "ice", "pale", "navy")
        even = ("blue", "slate", "ochre", "steel", "red", "steel")
        for i, hue in enumerate(("ice", "red", "ice", "red", "navy", "ochre")):
            x, y = 76 + i * 190, 130 + i * 2 % 3 * 34
            self._paint(f"at {x} {y} 1 0; poly ink@.3 0 570 8 570 -120 680 -150 680")
            for k, d in (divmod(j, 36) for j in range(144)):
                lift = k * 28 + 13 * sin(d / 6 + i) * d / 36
                self._paint(f"rect {(odd, even)[k % 2][i]} {x + 6 + d * 4} {y + lift} 5 28.5")
            self._paint(f"""at {x} {y} 1 0; disc {hue} 70 {56 + 6 * sin(18 / 6 + i)} 25;
                rect mist:ash 0 -24 8 594; disc ochre 4 -28 10""")

    def harbour_crane(self) -> None:
        self._paint("""rect blue:pale 0 0 1200 800; sun ochre 380 400 110; hills steel+blue.4 520 90 1.4;
            rect steel:ink 0 540 1200 270""")
        for i, shade in enumerate(("red", "mist", "ochre", "slate", "blue", "red", "mist", "ochre", "slate")):
            x, y, wide = 150 + i % 5 * 92, 470 - i // 5 * 46, 230 - i * 12 - i % 2 * 70
            self._paint(f"""rect {shade}:{shade}+ink.25 {x} {y} 88 44; card ochre@{0.9 - i * 0.08:.2f}
                {364 + i % 3 * 16} {628 + i * 20} {wide} 8 4""")
        self._paint("""rect ice:mist 86 390 52 130; rect navy 94 404 36 12;
            poly navy:ink 50 514 700 514 640 610 110 610; poly red 100 592 652 592 640 610 110 610;
            rect slate:ink 760 600 440 210; line ink 6 300 236 880 80 1160 236; line ink 6 590 236 880 80;
            rect ink 260 228 920 24 400 252 3 120 452 252 3 120 382 370 92 10 820 240 20 370 1060 240 20 370
            872 80 16 160 820 420 260 16; rect ochre:ochre+red.3 383 380 90 44;
            line ink 8 830 600 1070 436 830 252; rect red:wine 940 252 100 54; rect sky 952 266 40 22""")


NAMES = tuple(each.replace("_", "-") for each in vars(_Drawings) if not each.startswith("_"))


def draw(name: str, size: tuple[int, int] = (1200, 800)) -> bytes:
    """Return the illustration called `name` as PNG bytes.

    An unknown name raises KeyError.
    """
    if name not in NAMES:
        raise KeyError(name)
    drawings = _Drawings(size)
    getattr(drawings, name.replace("-", "_"))()
    picture = ImageOps.fit(drawings._image, size, Image.Resampling.BOX)
    for colours in (0, 256, 128, 64):
        chosen = picture.quantize(colours, dither=Image.Dither.NONE) if colours else picture
        data = BytesIO()
        chosen.save(data, "PNG", optimize=True)
        if data.tell() <= _MAX_BYTES:
            break
    return data.getvalue()
