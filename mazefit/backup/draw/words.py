"""The few words in and around a diagram, in English and Korean."""

from __future__ import annotations

from mazefit.errors import ConfigError, did_you_mean

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "backup diagram": "Backup diagram",
        "update": "update",
        "episode": "episode",
        "step": "step",
        "sweep": "sweep",
        "real": "experience",
        "planning": "planning",
        "replay": "replay",
        "target": "target",
        "new": "new",
        "state": "state",
        "action": "action",
        "terminal": "end of the episode",
        "truncated": "cut, not ended: still bootstrapped",
        "max": "arc: the largest branch counts",
        "winner": "taken, or winner",
        "tie": "one of several winners",
        "omitted": "steps left out",
        "transition probability": "transition probability",
        "policy": "policy",
        "reward": "reward, received on arrival",
        "discount": "discount",
        "old": "old value",
        "old entry": "old",
        "value": "value",
        "td error": "TD error",
        "step size": "step size",
        "source": "source",
        "legend": "Legend",
        "first": "First",
        "previous": "Previous",
        "next": "Next",
        "last": "Last",
        "keys": "Arrow keys, Home and End turn the pages.",
        "algorithm": "algorithm",
        "writes": "written by this TD error, each by its eligibility e",
        "more": "+ {n} more",
        "table": "table",
        "cause": "rests on real step",
        "priority": "priority",
        "bonus": "r holds the bonus κ√τ =",
    },
    "ko": {
        "backup diagram": "백업다이어그램",
        "update": "갱신",
        "episode": "에피소드",
        "step": "스텝",
        "sweep": "훑기",
        "real": "경험",
        "planning": "계획",
        "replay": "재생",
        "target": "목표",
        "new": "새 값",
        "state": "상태",
        "action": "행위",
        "terminal": "에피소드의 끝",
        "truncated": "끝이 아니라 중단: 가치를 계속 사용",
        "max": "호: 가장 큰 가지만 사용",
        "winner": "선택되었거나 가장 큰 가지",
        "tie": "가장 큰 가지가 여럿",
        "omitted": "생략된 스텝",
        "transition probability": "상태전이확률",
        "policy": "정책",
        "reward": "보상, 다음 상태에 도착할 때 받음",
        "discount": "할인율",
        "old": "옛 값",
        "old entry": "옛 값",
        "value": "가치",
        "td error": "TD 오차",
        "step size": "학습률",
        "source": "출처",
        "legend": "기호",
        "first": "처음",
        "previous": "이전",
        "next": "다음",
        "last": "마지막",
        "keys": "화살표 키, Home, End로 넘길 수 있습니다.",
        "algorithm": "알고리즘",
        "writes": "이 TD 오차로 함께 갱신된 값(e는 적격도)",
        "more": "외 {n}개",
        "table": "표",
        "cause": "바탕이 된 실제 경험: 스텝",
        "priority": "우선순위",
        "bonus": "r에 포함된 보너스 κ√τ =",
    },
}


def words(lang: str) -> dict[str, str]:
    """The words of a language.

    Raises:
        ConfigError: another language than "en" or "ko".
    """
    if lang not in WORDS:
        raise ConfigError(f"lang: unknown {lang!r}{did_you_mean(lang, WORDS)}")
    return WORDS[lang]
