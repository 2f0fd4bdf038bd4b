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
_COUNTED = re.compile(r"(\{(\w+)\} (?:whole )?(?:episode|step|state|sweep|backup|seed))s\b")

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
    "maze.evaluated": ("{agent}: values of {policy}", "{agent}: {policy}의 가치"),
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
    "curves.rms": ("RMS error", "가치의 RMS 오차"),
    "curves.rms title": ("Distance to the exact values of {policy}", "{policy}의 정확한 가치와의 차이"),
    "curves.log": ("{label}, log scale", "{label}, 로그 눈금"),
}
"""Titles, axes and legends."""

RUN = {
    "run.begin": (
        "{agent} learns {maze}: {episodes} episodes, seed {seed} (Ctrl-C stops and keeps what was learned)",
        "{agent} 행위자가 {maze}에서 학습합니다: 에피소드 {episodes}개, 시드 {seed} (Ctrl-C로 멈춰도 배운 것은 저장됩니다)",
    ),
    "run.predict": (
        "{agent} learns the values of {policy} in {maze}: {episodes} episodes, seed {seed} "
        "(Ctrl-C stops and keeps what was learned)",
        "{agent} 행위자가 {maze}에서 {policy}의 가치를 학습합니다: 에피소드 {episodes}개, 시드 {seed} "
        "(Ctrl-C로 멈춰도 배운 것은 저장됩니다)",
    ),
    "run.batch": (
        "{agent} learns the values of {policy} in {maze} from one batch: {episodes} episodes, seed {seed} "
        "(Ctrl-C stops and keeps what was learned)",
        "{agent} 행위자가 {maze}에서 모은 에피소드 {episodes}개로 {policy}의 가치를 한꺼번에 학습합니다: 시드 {seed} "
        "(Ctrl-C로 멈춰도 배운 것은 저장됩니다)",
    ),
    "run.evaluate": (
        "{agent} computes the values of {policy} in {maze}",
        "{agent} 행위자가 {maze}에서 {policy}의 가치를 계산합니다",
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
    "run.sweeps": ("{count} sweeps over all states", "모든 상태를 {count}번 훑음"),
    "run.backups": ("{count} backups of single states", "상태 하나씩 {count}번 백업"),
    "run.last": ("mean of the last {episodes} episodes", "마지막 에피소드 {episodes}개의 평균"),
    "run.last value": ("return G {value}, {length} steps", "수익(G) {value}, {length} 스텝"),
    "run.certificate": ("Held against the exact values", "정확한 값과 비교"),
    "run.evaluated": ("Held against the exact values of {policy}", "{policy}의 정확한 가치와 비교"),
    "run.rms": ("RMS error", "RMS 오차"),
    "run.rms value": ("{error} on the {states} states that it comes to", "이 정책이 지나는 상태 {states}개에서 {error}"),
    "run.rms before": ("({error} before learning)", "(학습 전 {error})"),
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
    "run.largest of backups": (
        "last_backup: update {index}, state {state}: the largest change of the last backups, {error}",
        "last_backup: 갱신 {index} (상태 {state}). 마지막 백업들 가운데 가장 크게 바뀐 갱신: {error}",
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

COMPARE = {
    "kind.planning": ("planning", "계획"),
    "kind.prediction": ("prediction", "예측"),
    "kind.control": ("control", "제어"),
    "kinds.planning": ("Planning: computes values from the known model", "계획: 알고 있는 모델로 가치를 계산합니다"),
    "kinds.prediction": (
        "Prediction: learns the values of a given policy from episodes",
        "예측: 주어진 정책의 가치를 에피소드에서 배웁니다",
    ),
    "kinds.control": (
        "Control: learns from episodes which actions are best",
        "제어: 어떤 행위가 가장 좋은지 에피소드에서 배웁니다",
    ),
    "policy.random": ("the random policy", "무작위 정책"),
    "policy.greedy": ("the optimal policy", "최적 정책"),
    "compare.begin": ("{agents} side by side in {maze}", "{agents} 알고리즘을 {maze}에서 나란히 비교합니다"),
    "compare.predict": (
        "{agents} side by side: the values of {policy} in {maze}",
        "{agents} 알고리즘이 {maze}에서 {policy}의 가치를 얼마나 잘 맞히는지 비교합니다",
    ),
    "compare.seeds": (
        "{episodes} episodes each, with the same {seeds} seeds from {first} on (Ctrl-C keeps the seeds that are done)",
        "에피소드 {episodes}개씩, 똑같은 시드 {seeds}개로 ({first}번 시드부터). Ctrl-C로 멈춰도 끝난 시드는 저장됩니다",
    ),
    "compare.run": ("run", "회"),
    "compare.nothing": (
        "Stopped before all algorithms had done one seed: nothing to keep",
        "멈춤: 모든 알고리즘이 끝낸 시드가 아직 없어 저장할 것이 없습니다",
    ),
    "compare.stopped": ("Stopped: {done} of {seeds} seeds are kept", "멈춤: 시드 {seeds}개 가운데 {done}개를 저장했습니다"),
    "compare.algorithm": ("algorithm", "알고리즘"),
    "compare.steps": ("steps", "스텝 수"),
    "compare.reached": ("shortest after", "최단까지의 에피소드"),
    "compare.share": ("{count} of {seeds}", "{seeds}개 중 {count}개"),
    "compare.seconds": ("seconds", "초"),
    "compare.settings": ("Settings", "설정"),
    "compare.note": (
        "Return and steps: mean of the last {episodes} episodes over {seeds} seeds, with the 95 % interval (Student's t over "
        "the seeds). Shortest after: episodes until every greedy way from the start is a shortest one, in the mean of the "
        "seeds that found it. Seconds: learning, one seed.",
        "수익과 스텝 수: 마지막 에피소드 {episodes}개의 평균을 시드 {seeds}개에 걸쳐 평균한 값과 95 % 구간(시드에 대한 "
        "스튜던트 t). 최단까지의 에피소드: 탐욕 정책이 출발 상태에서 가는 모든 길이 최단이 될 때까지의 에피소드 수(찾아낸 "
        "시드들의 평균). 초: 시드 하나를 학습하는 데 걸린 시간.",
    ),
    "compare.note errors": (
        "RMS error after the last episode, on the {states} states that the policy comes to: mean over {seeds} seeds, with "
        "the 95 % interval (Student's t over the seeds). Seconds: learning, one seed.",
        "마지막 에피소드 뒤의 RMS 오차(이 정책이 지나는 상태 {states}개): 시드 {seeds}개의 평균과 95 % 구간(시드에 대한 "
        "스튜던트 t). 초: 시드 하나를 학습하는 데 걸린 시간.",
    ),
    "compare.planned": (
        "Return and steps: of the greedy policy, from the start. Seconds: of planning.",
        "수익과 스텝 수: 출발 상태에서 탐욕 정책이 얻는 값. 초: 계산에 걸린 시간.",
    ),
    "compare.no figure": (
        "No figure: nothing here learns from episodes.",
        "그림 없음: 에피소드에서 배우는 알고리즘이 없습니다.",
    ),
    "compare.title": ("Learning side by side", "학습 과정 비교"),
    "compare.below": ("{name}: {value}, below the axis", "{name}: {value} (축 아래)"),
    "compare.optimum": ("optimum", "최적값"),
    "compare.band": (
        "mean over {seeds} seeds of running means of a tenth of the episodes so far; band: its 95 % interval (Student's t)",
        "그때까지 에피소드의 10분의 1로 낸 이동평균을 시드 {seeds}개에 걸쳐 평균한 값. 띠: 그 95 % 구간(스튜던트 t)",
    ),
    "compare.band errors": (
        "after each episode, mean over {seeds} seeds; band: its 95 % interval (Student's t)",
        "에피소드가 끝날 때마다 잰 값을 시드 {seeds}개에 걸쳐 평균. 띠: 그 95 % 구간(스튜던트 t)",
    ),
}
"""The catalogue, and several algorithms side by side."""

TABLES: tuple[dict[str, tuple[str, str]], ...] = (GLOSSARY, FIGURES, RUN, COMPARE)


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
