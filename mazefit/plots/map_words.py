"""The words on maps of codes, in English and Korean, and the two lines at their foot.

said("map.class", "ko")                    클래스
"""

from mazefit.words import LANGUAGES, Language, filled

WORDS = {
    "map.classes": ("class", "클래스"),
    "map.new": ("new image", "새 이미지"),
    "map.shown": (
        "{shown} of {points} images, one in each cell that holds any: where many lie, the one nearest to the middle",
        "이미지 {points}장 가운데 {shown}장. 점이 있는 칸마다 한 장, 여럿이면 칸 가운데에 가장 가까운 것",
    ),
    "map.axis": ("principal axis {number}", "주성분 {number}"),
    "map.tsne": (
        "t-SNE ({library}), perplexity {perplexity}, {iterations} iterations, seed {seed}, {points} points",
        "t-SNE({library}), 퍼플렉시티 {perplexity}, 반복 {iterations}회, 시드 {seed}, 점 {points}개",
    ),
    "map.quick": (
        "quick look (t-SNE stopped early, coarse sums), perplexity {perplexity}, {iterations} iterations, {points} points",
        "빠른 미리보기(일찍 멈춘 t-SNE, 거친 합), 퍼플렉시티 {perplexity}, 반복 {iterations}회, 점 {points}개",
    ),
    "map.pca": ("PCA, {points} points", "PCA, 점 {points}개"),
    "map.kl": ("KL {kl}", "KL {kl}"),
    "map.trust": ("trustworthiness {trust}", "신뢰도(trustworthiness) {trust}"),
    "map.knn": (
        "10-NN accuracy {plane} on the map, {codes} in the codes",
        "10-NN 정확도: 지도 {plane}, 코드 {codes}",
    ),
    "map.knn short": ("10-NN accuracy {plane}", "10-NN 정확도 {plane}"),
}


def said(key: str, language: Language, **values: object) -> str:
    """The word of that key, `values` put into its braces."""
    return filled(WORDS[key][LANGUAGES.index(language)], values)


def figures_line(
    language: Language, *, kl: float | None = None, trust: float | None = None, knn: tuple[float, float] | None = None
) -> str:
    """What is known of a map, in one line; what is None is left out.

    >>> figures_line("en", kl=1.3069, trust=0.99301, knn=(0.7852, 0.802))
    'KL 1.307 · trustworthiness 0.993 · 10-NN accuracy 0.785 on the map, 0.802 in the codes'
    """
    parts = [said("map.kl", language, kl=f"{kl:.3f}")] if kl is not None else []
    parts += [said("map.trust", language, trust=f"{trust:.3f}")] if trust is not None else []
    if knn is not None:
        parts.append(said("map.knn", language, plane=f"{knn[0]:.3f}", codes=f"{knn[1]:.3f}"))
    return " · ".join(parts)
