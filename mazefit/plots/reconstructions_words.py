"""The words on the figures of autoencoders, in English and Korean.

label("mse", "ko", mse="0.0813")                    테스트 MSE 0.0813
"""

from mazefit.words import LANGUAGES, Language, filled

WORDS = {
    "mse": ("test MSE {mse}", "테스트 MSE {mse}"),
    "epoch": ("epoch", "에포크"),
    "error": ("mean squared error, scale −1 to 1", "평균 제곱 오차(−1~1 눈금)"),
    "log": ("{label}, log scale", "{label}, 로그 눈금"),
    "train": ("training loss, mean over {updates} updates", "학습 손실, 갱신 {updates}번의 평균"),
    "train each": ("training loss of each update", "갱신마다의 학습 손실"),
    "train epoch": ("training loss, mean of the epoch", "학습 손실, 에포크 평균"),
    "level": ("{name}: {value}", "{name}: {value}"),
    "above": ("{name}: {value}, above", "{name}: {value}, 그림 밖"),
    "test": ("test MSE after the epoch", "에포크를 마친 뒤의 테스트 MSE"),
}


def label(key: str, language: Language, **values: object) -> str:
    """The word of that key, `values` put into its braces."""
    return filled(WORDS[key][LANGUAGES.index(language)], values)
