"""What the map of codes says, in English and Korean."""

EMBED = {
    "embed.begin": (
        "A map of {points} codes in {dimensions} dimensions: {method}",
        "코드 {points}개를 {dimensions}차원 지도로 그리기: {method}",
    ),
    "embed.as written": ("t-SNE as the tutorial wrote it", "튜토리얼 그대로의 t-SNE"),
    "embed.quick": ("a quick look", "빠른 미리보기"),
    "embed.by tsne": (
        "t-SNE by {library}: perplexity {perplexity}, {iterations} iterations, of which the first 250 are exaggerated, seed "
        "{seed}.",
        "{library}의 t-SNE: 퍼플렉시티 {perplexity}, 반복 {iterations}회(그중 처음 250회는 과장), 시드 {seed}.",
    ),
    "embed.by quick": (
        "t-SNE's own gradient on a coarse grid, stopped early: perplexity {perplexity}, {iterations} iterations; no chance "
        "is in it.",
        "t-SNE의 기울기를 거친 격자에서 더하고 일찍 멈춥니다: 퍼플렉시티 {perplexity}, 반복 {iterations}회. 무작위는 없습니다.",
    ),
    "embed.by axes": (
        "The codes as they lie along the axes on which they spread most: principal component analysis.",
        "코드가 가장 넓게 퍼진 축들에 그대로 투영합니다: 주성분 분석(PCA).",
    ),
    "embed.points": (
        "Its points are the first {tests} of {all} test images, which the autoencoder has not seen.",
        "점은 테스트 이미지 {all}장 가운데 처음 {tests}장이며 오토인코더가 학습에서 보지 않은 것입니다.",
    ),
    "embed.points all": (
        "Its points are all {tests} test images, which the autoencoder has not seen.",
        "점은 테스트 이미지 {tests}장 전부이며 오토인코더가 학습에서 보지 않은 것입니다.",
    ),
    "embed.points more": (
        "Its points are all {tests} test images, which the autoencoder has not seen, and the first {more} training images, "
        "which it has.",
        "점은 오토인코더가 보지 않은 테스트 이미지 {tests}장 전부와, 본 적 있는 학습 이미지 처음 {more}장입니다.",
    ),
    "embed.fits": (
        "No --model was named: a {kind} autoencoder is fitted first, to {count} images, epochs: {epochs}. One epoch of "
        "60,000 images takes some ten seconds on a CPU that has nothing else to do.",
        "--model이 없으므로 {kind} 오토인코더를 먼저 이미지 {count}장으로 학습합니다({epochs}에포크). 이미지 60,000장 "
        "1에포크는 한가한 CPU에서 10초쯤 걸립니다.",
    ),
    "embed.takes": (
        "Codes of the autoencoder in {folder}: {kind}, fitted to {name}, epochs: {epochs}.",
        "{folder} 폴더의 오토인코더가 만든 코드: {kind}, {name}으로 {epochs}에포크 학습.",
    ),
    "embed.foreign": (
        "It was fitted to {name}, not to these images: their codes are what it makes of things that it never saw.",
        "이 오토인코더는 여기 이미지가 아니라 {name}으로 학습했으므로, 코드는 본 적 없는 것을 나타낸 값입니다.",
    ),
    "embed.encoder": (
        "Its {code} numbers an image give a test MSE of {mse} (PCA with as many {pca}, the mean image {mean}).",
        "이미지당 수 {code}개로 테스트 MSE {mse}(같은 개수의 PCA {pca}, 평균 이미지 {mean}).",
    ),
    "embed.fitted": (
        "Fitted in {seconds} s: {code} numbers an image, test MSE {mse}.",
        "학습에 {seconds}초: 이미지당 수 {code}개, 테스트 MSE {mse}.",
    ),
    "embed.iteration": ("iteration", "반복"),
    "embed.made": ("The map was made by {library} in {seconds} s.", "지도는 {library}로 {seconds}초 만에 만들었습니다."),
    "embed.worth": ("What the map is worth", "지도는 얼마나 믿을 만한가"),
    "embed.trust": ("trust", "신뢰도"),
    "embed.this": ("this map: {method}", "이 지도: {method}"),
    "embed.goes on": ("the same, 1,000 iterations", "같은 설정, 반복 1,000회"),
    "embed.axes": ("PCA to {dimensions} dimensions", "PCA {dimensions}차원"),
    "embed.codes": ("the {code} numbers themselves", "수 {code}개 자체"),
    "known.map": ("known of such a map", "알려진 값: 이런 지도"),
    "known.axes": ("known of PCA to 2", "알려진 값: PCA 2차원"),
    "known.codes": ("known of the numbers", "알려진 값: 수 자체"),
    "embed.about kl": (
        "KL: what is left of t-SNE's objective, the lower the better; it compares only at equal perplexity and of the same "
        "codes.",
        "KL: t-SNE 목적 함수의 남은 값. 작을수록 좋지만 퍼플렉시티와 코드가 같을 때만 비교할 수 있습니다.",
    ),
    "embed.about trust": (
        "trust: trustworthiness at k = 12; 1 where neighbours on the map are neighbours among the codes.",
        "신뢰도: k = 12의 trustworthiness. 지도의 이웃이 코드에서도 모두 이웃이면 1입니다.",
    ),
    "embed.about knn": (
        "10-NN: the share of points that are of the class of most of their ten nearest, by 5-fold cross-validation.",
        "10-NN: 가장 가까운 10개의 다수 클래스와 같은 점의 비율(5겹 교차 검증).",
    ),
    "embed.about group": (
        "{group}: the same among {names} alone, the other classes left out: finer groups within.",
        "{group}: 다른 클래스를 빼고 {names}만 놓고 잰 10-NN. 그 안의 더 작은 무리를 봅니다.",
    ),
    "embed.few": (
        "No 10-NN accuracy: it asks for two classes or more, and five points of every one.",
        "10-NN 정확도 없음: 클래스가 둘 이상이고 클래스마다 점이 5개 이상이어야 합니다.",
    ),
    "embed.labels": (
        "Labels were never used, neither for the codes nor for the map, yet neighbours share them: of {share} of the points "
        "the neighbours know the class; always saying the largest class would be right for {chance}.",
        "레이블은 코드를 만들 때도 지도를 그릴 때도 쓰지 않았지만 이웃끼리는 같습니다. 점의 {share}는 이웃만 보고 클래스를 "
        "맞히며, 늘 가장 큰 클래스라고 하면 {chance}입니다.",
    ),
    "embed.known": (
        "Known are figures of one fit of this autoencoder and of t-SNE by scikit-learn; another seed or library comes near "
        "them, not to them.",
        "알려진 값은 이 오토인코더를 한 번 학습하고 scikit-learn의 t-SNE로 잰 것입니다. 시드나 라이브러리가 다르면 비슷할 "
        "뿐 같지는 않습니다.",
    ),
    "group.shoes": ("shoes", "신발"),
    "group.tops": ("tops", "상의"),
    "embed.encoders": (
        "Is the map as good as the encoder? Other encoders, mapped alike",
        "지도는 인코더만큼 좋은가? 다른 인코더를 같은 방식으로 그리기",
    ),
    "embed.mse": ("test MSE", "테스트 MSE"),
    "embed.knn codes": ("10-NN codes", "10-NN 코드"),
    "embed.knn map": ("10-NN map", "10-NN 지도"),
    "embed.untrained": ("{kind}, untrained", "{kind}, 학습 안 함"),
    "embed.one epoch": ("{kind}, {epochs} epoch", "{kind}, {epochs}에포크"),
    "embed.epochs": ("{kind}, {epochs} epochs", "{kind}, {epochs}에포크"),
    "embed.panel": ("test MSE {mse} · trustworthiness {trust}", "테스트 MSE {mse} · 신뢰도 {trust}"),
    "embed.panel knn": ("10-NN: map {map}, codes {codes}", "10-NN: 지도 {map}, 코드 {codes}"),
    "embed.compare part": (
        "Stopped: {done} of {full} encoders are whole.",
        "멈춤: 인코더 {full}개 가운데 {done}개까지 끝났습니다.",
    ),
    "embed.claim": (
        "Best first, by 10-NN of the codes: {codes}. Of the map: {map}. By test MSE: {mse}. “≈”: nearer than chance lets "
        "one tell from so many points.",
        "좋은 것부터, 코드의 10-NN: {codes}. 지도의 10-NN: {map}. 테스트 MSE: {mse}. “≈”는 점이 이만큼이면 우연과 구별되지 "
        "않는 차이입니다.",
    ),
    "embed.claim same": (
        "Wherever both can be told apart, the encoder whose codes are better has the better map: so far the claim holds.",
        "둘 다 구별되는 곳에서는 코드가 나은 인코더의 지도도 낫습니다. 여기까지는 주장이 맞습니다.",
    ),
    "embed.claim other": (
        "Some encoder whose codes are clearly better has a map that is clearly worse: the claim does not hold here.",
        "코드는 분명히 나은데 지도는 분명히 못한 인코더가 있습니다. 여기서는 주장이 맞지 않습니다.",
    ),
    "embed.claim open": (
        "No two encoders can be told apart both by codes and by maps: the claim is not decided here.",
        "코드로도 지도로도 함께 구별되는 두 인코더가 없습니다. 여기서는 주장을 판단할 수 없습니다.",
    ),
    "embed.claim mse same": (
        "Nor does an encoder of larger error have a clearly better map.",
        "재구성 오차가 큰데 지도가 분명히 나은 인코더도 없습니다.",
    ),
    "embed.claim mse other": (
        "But the error of its reconstructions does not say how good an encoder's map is: {worse} has a larger error than "
        "{better}, and a clearly better map.",
        "그러나 재구성 오차로는 지도가 얼마나 좋은지 알 수 없습니다: {worse} 인코더가 {better} 인코더보다 오차는 큰데 "
        "지도는 분명히 낫습니다.",
    ),
    "embed.placed": ("New images on the map: {count}, {source}", "지도에 새 이미지 놓기: {count}장, {source}"),
    "embed.held out": ("test images that were not in it", "지도에 없던 테스트 이미지"),
    "embed.place tsne": (
        "Each was moved until it lay as near to the old points as t-SNE asks; these stayed where they were.",
        "옛 점은 그대로 두고, 새 점만 t-SNE가 바라는 만큼 옛 점에 가까워질 때까지 옮겼습니다.",
    ),
    "embed.place quick": (
        "Each lies where the old point lies whose code is nearest, nothing between.",
        "코드가 가장 가까운 옛 점이 있는 자리에 그대로 놓았습니다.",
    ),
    "embed.place pca": ("Each lies where the same projection puts it.", "같은 투영으로 놓았습니다."),
    "embed.found": (
        "{share} of them lie among their own: their class is that of most of their ten nearest points. Of the points of the "
        "map itself the same is so of {map}.",
        "그중 {share}는 제 클래스 사이에 놓였습니다: 가장 가까운 점 10개의 다수 클래스와 같습니다. 지도에 있던 점은 "
        "{map}입니다.",
    ),
    "embed.image": ("image", "이미지"),
    "embed.among": ("among", "둘러싼 클래스"),
    "embed.placed note": ("stars: {shown} of {count} new images", "별: 새 이미지 {count}장 가운데 {shown}장"),
    "embed.flaw argument": (
        "n_iter is no argument of scikit-learn's t-SNE any more (max_iter is), so its line ends in a TypeError.",
        "scikit-learn의 t-SNE에는 이제 n_iter 인자가 없어(max_iter로 바뀜) TypeError로 끝납니다.",
    ),
    "embed.flaw few": (
        "Its map of clothes has 300 iterations, of which 250 are exaggerated: 50 are left, and it has not converged. "
        "--as-written shows it beside 1,000.",
        "옷 지도는 300회 반복하는데 그중 250회가 과장 단계라 50회만 남아 수렴하지 않습니다. --as-written이 1,000회와 나란히 "
        "보입니다.",
    ),
    "embed.flaw seen": (
        "300 iterations, of which 250 are exaggerated, leave 50, and it has not converged: KL {before}; after 1,000 "
        "iterations, at the same perplexity, {after}.",
        "300회 가운데 250회가 과장 단계라 50회만 남아 수렴하지 않습니다: KL {before}, 같은 퍼플렉시티로 1,000회 하면 {after}.",
    ),
    "embed.flaw seed": (
        "Its map of clothes has no random state: another map each time. Here the same seed gives the same map.",
        "옷 지도에 난수 시드가 없어 할 때마다 지도가 다릅니다. 여기서는 시드가 같으면 지도도 같습니다.",
    ),
    "embed.flaw model": (
        "Its autoencoder of clothes is from another post that is not there; one of mazefit's stands in.",
        "옷 오토인코더는 볼 수 없는 다른 글에서 왔으므로 mazefit의 것을 대신 씁니다.",
    ),
    "embed.flaw images": (
        "Images drawn at their places cover one another; here each cell of the map shows one of those that lie in it.",
        "이미지를 제자리에 그리면 서로 가립니다. 여기서는 지도의 칸마다 그 안의 이미지 한 장만 보입니다.",
    ),
    "embed.before": ("Stopped before there was a map.", "멈춤: 아직 지도가 없습니다."),
    "embed.no map": (
        "Stopped before there was a map: nothing to keep. The autoencoder stays as it was; begin the map anew.",
        "멈춤: 아직 지도가 없어 남길 것이 없습니다. 오토인코더는 그대로 있으니 지도를 처음부터 다시 만드세요.",
    ),
    "embed.stopped": ("Stopped: the maps that were whole are kept ({done}).", "멈춤: 다 만든 지도를 남겼습니다({done}개)."),
    "embed.title": (
        "{name}: {code} numbers an image of a {kind} autoencoder, as a map",
        "{name}: {kind} 오토인코더의 이미지당 수 {code}개를 지도로",
    ),
    "embed.compare title": ("{name}: the same images by other encoders", "{name}: 같은 이미지, 다른 인코더"),
}
"""The map of codes."""
