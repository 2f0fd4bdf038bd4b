"""The words on the figure of a loss surface, in English and Korean.

say("goal", "ko")                    격자에서 손실이 가장 작은 곳
"""

from mazefit.words import LANGUAGES, Language, filled

WORDS = {
    "start": ("start", "출발"),
    "goal": ("least loss of the grid", "격자에서 손실이 가장 작은 곳"),
    "arrow": ("best action, all that tie", "최선의 행위(동점 포함)"),
    "steps": ("steps (moves or updates), log scale", "스텝(이동 또는 갱신), 로그 눈금"),
    "loss": ("loss, log scale", "손실, 로그 눈금"),
    "plain loss": ("loss", "손실"),
}


def say(key: str, language: Language, **values: object) -> str:
    """The word of that key, `values` put into its braces."""
    return filled(WORDS[key][LANGUAGES.index(language)], values)
