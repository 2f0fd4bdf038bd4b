"""The words on the figures of held-out mazes, in English and Korean.

say("share", "ko", mazes=500)
"""

from mazefit.words import LANGUAGES, Language, filled

WORDS = {
    "title": ("Shortest paths through mazes never seen", "처음 보는 미로를 최단 경로로 지나는 비율"),
    "steps": ("steps of all environments", "모든 환경의 스텝 수"),
    "share": ("held-out mazes, share", "처음 보는 미로 중 비율"),
    "walks": ("Greedy walks through mazes never seen", "처음 보는 미로를 탐욕적으로 걸은 길"),
    "arrived": ("{steps} steps, as short as can be", "{steps}스텝, 최단 경로"),
    "astray": ("astray; the shortest has {steps}", "길을 잃음(최단 {steps}스텝)"),
    "value": ("largest action value max Q(s, a) of the network", "신경망의 가장 큰 행위가치 max Q(s, a)"),
    "start": ("start", "출발"),
    "goal cell": ("goal", "목표"),
    "path": ("the walk", "걸은 길"),
    "end": ("where it goes round", "맴도는 곳"),
}


def say(key: str, language: Language, **values: object) -> str:
    """The word of that key, `values` put into its braces."""
    return filled(WORDS[key][LANGUAGES.index(language)], values)
