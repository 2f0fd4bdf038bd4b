"""The words on the figures of classifiers, in English and Korean.

label("said", "ko")                    예측 클래스
"""

from mazefit.words import LANGUAGES, Language, filled

WORDS = {
    "epoch": ("epoch", "에포크"),
    "loss": ("mean loss of an image", "이미지당 평균 손실"),
    "log": ("{label}, log scale", "{label}, 로그 눈금"),
    "f1": ("micro-F1 = accuracy", "마이크로 F1 = 정확도"),
    "f1 test": ("micro-F1, test images", "마이크로 F1, 테스트 이미지"),
    "train": ("training", "학습"),
    "test": ("test", "테스트"),
    "true": ("true class", "실제 클래스"),
    "said": ("class said", "예측 클래스"),
    "confusion": ("Test images by true class and by answer", "테스트 이미지: 실제 클래스와 예측"),
    "cells": (
        "each cell: images, and their share of the row",
        "칸마다 이미지 수와 그 줄에서 차지하는 비율",
    ),
    "probability": ("probability given to each class", "클래스마다 매긴 확률"),
    "sample": ("Test image {index}: {name}", "테스트 이미지 {index}: {name}"),
    "image": ("Test image: {name}", "테스트 이미지: {name}"),
    "mistake.true": ("is: {name}", "정답: {name}"),
    "mistake.said": ("said: {name}, {probability}", "예측: {name}, {probability}"),
    "not finite": ("no finite number from here on", "이후로는 유한한 수가 아님"),
}


def label(key: str, language: Language, **values: object) -> str:
    """The word of that key, `values` put into its braces."""
    return filled(WORDS[key][LANGUAGES.index(language)], values)
