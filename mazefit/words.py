"""The words of figures, summaries and the terminal in English and Korean: one catalogue, one function.

    word("episode", "ko")                        에피소드
    word("curves.mean", "en", episodes=20)       running mean of 20 episodes

A word that is needed elsewhere is a line in one of the tables below, with both languages in it. `GLOSSARY` holds the words of
the field and stands as it is; the other tables hold whatever the rooms of the package write.
"""

import math
import os
import re
from collections.abc import Mapping
from typing import Literal

from mazefit.errors import ConfigError, did_you_mean

Language = Literal["en", "ko"]
LANGUAGES: tuple[Language, ...] = ("en", "ko")
VARIABLE = "MAZEFIT_LANG"
_COUNTED = re.compile(r"(\{(\w+)\} (?:whole )?(?:episode|step|state|sweep))s\b")

GLOSSARY = {
    "environment": ("environment", "환경"),
    "agent": ("agent", "행위자"),
    "state": ("state", "상태"),
    "action": ("action", "행위"),
    "reward": ("reward", "보상"),
    "episode": ("episode", "에피소드"),
    "return": ("return G", "수익(G)"),
    "policy": ("policy", "정책"),
    "value": ("value", "가치"),
    "deterministic environment": ("deterministic environment", "결정론적 환경"),
    "transition probability": ("transition probability", "상태전이확률"),
    "backup diagram": ("backup diagram", "백업다이어그램"),
}
"""The words of reinforcement learning."""

FIGURES = {
    "maze.title": ("Values and best actions", "상태의 가치와 최선의 행위"),
    "maze.learned": ("{agent}: values and best actions", "{agent}: 상태의 가치와 최선의 행위"),
    "maze.plain": ("Maze", "미로"),
    "maze.start": ("start", "출발"),
    "maze.goal": ("goal", "목표"),
    "maze.wall": ("wall", "벽"),
    "maze.action": ("best action, all that tie", "최선의 행위(동점 포함)"),
    "maze.rewards": ("rewards on arrival: {rewards}", "도착할 때의 보상: {rewards}"),
    "maze.value": ("value v(s) of the state", "상태의 가치 v(s)"),
    "curves.title": ("Return and length of every episode", "에피소드별 수익과 길이"),
    "curves.length": ("steps in the episode", "에피소드의 스텝 수"),
    "curves.each": ("each episode", "에피소드 하나하나"),
    "curves.range": ("smallest to largest", "최소에서 최대까지"),
    "curves.mean": ("running mean of {episodes} episodes", "에피소드 {episodes}개의 이동평균"),
    "curves.optimum": ("optimum {value}", "최적값 {value}"),
    "curves.log": ("{label}, log scale", "{label}, 로그 눈금"),
}
"""Titles, axes and legends."""

RUN = {
    "run.begin": (
        "{agent} learns {maze}: {episodes} episodes, seed {seed} (Ctrl-C stops and keeps what was learned)",
        "{agent} 행위자가 {maze}에서 학습합니다: 에피소드 {episodes}개, 시드 {seed} (Ctrl-C로 멈춰도 배운 것은 저장됩니다)",
    ),
    "run.plan": ("{agent} plans {maze}", "{agent} 행위자가 {maze}의 가치를 계산합니다"),
    "run.resume": ("goes on from episode {episodes}", "에피소드 {episodes}개까지 배운 데서 이어 갑니다"),
    "run.unused": ("{agent} has no use for {flags}", "{agent}에서는 쓰지 않는 설정입니다: {flags}"),
    "run.maze": (
        "the {name} maze ({rows} x {columns}, {states} states)",
        "{name} 미로({rows} x {columns}, 상태 {states}개)",
    ),
    "run.learned": ("Learned", "학습 결과"),
    "run.episodes": ("{episodes} episodes, {steps} steps", "에피소드 {episodes}개, {steps} 스텝"),
    "run.sweeps": ("{sweeps} sweeps over all states", "모든 상태를 {sweeps}번 훑음"),
    "run.last": ("mean of the last {episodes} episodes", "마지막 에피소드 {episodes}개의 평균"),
    "run.last value": ("return G {value}, {length} steps", "수익(G) {value}, {length} 스텝"),
    "run.certificate": ("Held against the exact values", "정확한 값과 비교"),
    "run.start": ("exact value at the start", "출발 상태의 정확한 가치"),
    "run.start learned": ("learned value at the start", "학습한 출발 상태의 가치"),
    "run.shortest": ("shortest possible", "가능한 최단"),
    "run.greedy": ("greedy path", "탐욕 정책의 경로"),
    "run.steps": ("{steps} steps", "{steps} 스텝"),
    "run.nowhere": ("does not arrive yet: more episodes may help", "아직 도착하지 못함: 에피소드를 늘려 보세요"),
    "run.optimal": ("{steps} steps, the shortest possible", "{steps} 스텝, 가능한 최단 경로"),
    "run.rewarded": (
        "{steps} steps; {best} on the best path, given the cells' own rewards",
        "{steps} 스텝, 칸마다 다른 보상을 따진 최선의 경로는 {best} 스텝",
    ),
    "run.longer": ("{steps} steps; {shortest} is the shortest possible", "{steps} 스텝, 가능한 최단은 {shortest}"),
    "run.error": ("largest error of the values", "가치의 가장 큰 오차"),
    "run.visited": (
        "{error} on the {states} states of the greedy path",
        "탐욕 정책이 지나는 상태 {states}개에서 {error}",
    ),
    "run.all": ("{error} on all {states} states", "모든 상태 {states}개에서 {error}"),
    "run.files": ("Files in {folder}", "{folder} 폴더의 파일"),
    "run.largest": (
        "last_backup: update {index}, episode {episode}, step {step}: the largest TD error of that episode, {error}",
        "last_backup: 갱신 {index} (에피소드 {episode}, 스텝 {step}). 그 에피소드에서 TD 오차가 가장 큰 갱신: {error}",
    ),
    "run.largest of sweep": (
        "last_backup: update {index}, state {state}: the largest change of the last sweep that changed anything, {error}",
        "last_backup: 갱신 {index} (상태 {state}). 값이 바뀐 마지막 훑기에서 가장 크게 바뀐 갱신: {error}",
    ),
    "run.any update": ("last_backup: update {index}", "last_backup: 갱신 {index}"),
    "run.tables": ("results", "결과"),
    "run.pictures": ("figures", "그림"),
    "run.no returns": (
        "no returns figure: {agent} plans with the model and lives through no episodes",
        "수익 그림 없음: {agent} 알고리즘은 모델로 계산하며 에피소드를 겪지 않습니다",
    ),
    "run.no display": (
        "--show: no window can be opened here (no display); the figures are in {folder}",
        "--show: 화면이 없어 창을 열 수 없습니다. 그림은 {folder} 폴더에 있습니다",
    ),
    "run.no font": (
        "no Korean font was found: the figures are labelled in English; install Noto Sans CJK KR or NanumGothic",
        "한글 글꼴을 찾지 못해 그림의 글자는 영어로 씁니다. Noto Sans CJK KR이나 NanumGothic을 설치해 주세요",
    ),
    "run.walk": ("Walk it yourself", "직접 걸어 보기"),
    "run.saving": ("saving {episodes} episodes ...", "에피소드 {episodes}개를 저장하는 중 ..."),
    "run.kept": (
        "Stopped: kept {episodes} whole episodes in {folder}",
        "멈춤: 에피소드 {episodes}개를 {folder}에 저장했습니다",
    ),
    "run.go on": ("Go on with", "이어서 하기"),
}
"""What a run says."""

TABLES: tuple[dict[str, tuple[str, str]], ...] = (GLOSSARY, FIGURES, RUN)


def word(key: str, language: Language = "en", **values: object) -> str:
    """The word of that key, `values` put into its braces.

    Args:
        key: a key of one of the tables; an unknown one is a KeyError.
        language: "en" or "ko".
        values: what stands in the braces.

    Raises:
        ConfigError: another language.
    """
    known = check_language(language)
    for table in TABLES:
        if key in table:
            return filled(table[key][LANGUAGES.index(known)], values)
    raise KeyError(key)


def filled(text: str, values: Mapping[str, object]) -> str:
    """The text with `values` put into its braces; what is counted in English stands in the singular after a 1.

    >>> filled("{steps} steps in {states} states", {"steps": 1, "states": 1_000})
    '1 step in 1000 states'
    """
    return _COUNTED.sub(lambda found: found[1] if str(values.get(found[2])) == "1" else found[0], text).format(**values)


def amount(value: float, digits: int = 4) -> str:
    """A number of so many digits as people write it: a true minus sign, thousands apart, an exponent only from a billion on.

    >>> amount(-19482.35), amount(0.012345, 3), amount(2e9), amount(-0.0), amount(float("-inf"))
    ('−19,480', '0.0123', '2e+09', '0', '−∞')
    """
    if math.isnan(value):
        return ""
    rounded = abs(float(f"{value:.{digits}g}"))
    if math.isinf(value):
        written = "∞"
    elif 1.0 <= rounded < 1e9:
        written = f"{rounded:,.{max(0, digits - len(str(int(rounded))))}f}"
        written = written.rstrip("0").rstrip(".") if "." in written else written
    else:
        written = f"{rounded:.{digits}g}"
    return f"−{written}" if value < 0 and written != "0" else written


def check_language(language: str) -> Language:
    """The language, if it is one that is spoken here.

    Raises:
        ConfigError: it is not; says which are.
    """
    for known in LANGUAGES:
        if language == known:
            return known
    raise ConfigError(f"lang: unknown {language!r}{did_you_mean(language, LANGUAGES)}")


def default_language() -> Language:
    """The language of MAZEFIT_LANG (`ko`, `ko_KR.UTF-8`), English where it is not set.

    Raises:
        ConfigError: it is set to another language.
    """
    setting = os.environ.get(VARIABLE, "")
    if not setting:
        return "en"
    try:
        return check_language(setting.lower().replace(".", "_").partition("_")[0])
    except ConfigError as error:
        raise ConfigError(f"{VARIABLE}: expected {' or '.join(LANGUAGES)}, got {setting!r}") from error
