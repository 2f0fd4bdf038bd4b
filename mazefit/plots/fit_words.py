"""The words on the figures of fits, in English and Korean.

label("epoch", "ko")                    에포크
"""

from mazefit.words import LANGUAGES, Language, filled

WORDS = {
    "data": ("data", "데이터"),
    "epoch": ("epoch", "에포크"),
    "step": ("step", "스텝"),
    "loss": ("loss", "손실"),
    "log": ("{label}, log scale", "{label}, 로그 눈금"),
    "fit.kinks": ("{count} kinks, between them straight", "꺾이는 점 {count}개, 그 사이는 직선"),
    "bowl.bottom": ("least squares, exactly", "최소제곱해(정확한 값)"),
    "bowl.start": ("start", "시작점"),
    "sine.train": ("at the training points", "학습 점에서"),
    "sine.test": ("at the test points", "테스트 점에서"),
    "sine.losses": ("while learning", "학습하는 동안"),
    "sine.epochs in all": ("epochs in all, one optimizer after another", "누적 에포크(옵티마이저가 차례로 이어 감)"),
    "sine.rate": ("learning rate, log scale", "학습률, 로그 눈금"),
    "sine.score": ("final MSE", "마지막 MSE"),
    "sine.used": ("rate of the tutorial", "튜토리얼의 학습률"),
    "starts.seed": ("seed of the start", "시작점의 시드"),
    "starts.ratio": ("final L1 / mean |noise|", "마지막 L1 / 평균 |잡음|"),
    "starts.arrived": ("arrived", "도달"),
    "starts.stuck": ("stuck (above {limit})", "갇힘({limit} 초과)"),
    "starts.above": ("above {limit}, on the way as yet", "{limit} 초과, 아직 가는 중"),
    "starts.floor": ("as well as the true curve", "참 곡선과 같은 수준"),
    "descent.law": ("law", "이론값"),
    "descent.truth": ("value behind the data", "데이터를 만든 참값"),
    "descent.best": ("least squares of these points", "이 점들의 최소제곱해"),
    "descent.parameters": ("W and b", "W와 b"),
    "descent.updates": ("updates made", "갱신 횟수"),
}


def label(key: str, language: Language, **values: object) -> str:
    """The word of that key, `values` put into its braces."""
    return filled(WORDS[key][LANGUAGES.index(language)], values)
