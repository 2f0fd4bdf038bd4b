"""What the waves and the experiments on them say, in English and Korean."""

WAVES = {
    "waves.begin": (
        "{formula}: {count} points by a network {sizes} of leaky ReLUs; L1 loss, Adam {rate}, {epochs} full-batch epochs; "
        "starts: {starts}",
        "{formula}: leaky ReLU를 쓴 {sizes} 신경망으로 점 {count}개 맞추기. L1 손실, Adam {rate}, 전체 배치로 "
        "{epochs}에포크, 시작점 {starts}개",
    ),
    "waves.result": ("Result of every start", "시작점마다의 결과"),
    "waves.seed": ("seed", "시드"),
    "waves.train": ("train L1", "학습 L1"),
    "waves.ratio": ("/ noise", "/ 잡음"),
    "waves.test": ("held out", "처음 보는 점"),
    "waves.distance": ("to curve", "참 곡선과"),
    "waves.kinks": ("kinks", "꺾이는 점"),
    "waves.rises": ("rises", "오른 비율"),
    "waves.floor": (
        "The mean |noise| is 30 sqrt(2/pi) = {expected} in general, {floor} of these points, {test_floor} of the held-out "
        'ones: no curve does better on points that it has not seen. "/ noise" is train L1 over {floor}.',
        "평균 |잡음|은 일반적으로 30 sqrt(2/pi) = {expected}, 이 점들에서는 {floor}, 처음 보는 점들에서는 "
        '{test_floor}입니다. 보지 않은 점에서 이보다 나은 곡선은 없습니다. "/ 잡음"은 학습 L1을 {floor}로 나눈 값입니다.',
    ),
    "waves.stuck": (
        "Stuck (*, above {limit}): {count} of {starts}, seed {seeds}. About one start in three is (24 of 72); another seed "
        "helps.",
        "갇힘(*, {limit} 초과): {starts}개 가운데 {count}개, 시드 {seeds}. 셋에 하나쯤 그렇습니다(72개 중 24개). 시드를 "
        "바꾸면 됩니다.",
    ),
    "waves.early": (
        "* above {limit} of the noise: after {epochs} epochs of {full} that says nothing yet of being stuck.",
        "* 잡음의 {limit}배 초과. {full}에포크 가운데 {epochs}에포크 만에는 갇혔는지 아직 알 수 없습니다.",
    ),
    "waves.free": (
        "Stuck (above {limit}): none of {starts}. About one start in three is (--starts 12 shows it).",
        "갇힘({limit} 초과): {starts}개 가운데 하나도 없습니다. 셋에 하나쯤 갇힙니다(--starts 12로 보기).",
    ),
    "waves.median": (
        "Median of the starts: {ratio} of the noise; {distance} from the curve without noise.",
        "시작점들의 중앙값: 잡음의 {ratio}배, 잡음 없는 곡선과의 거리 {distance}.",
    ),
    "waves.known": (
        "Known: 0.98 to 1.01 of the noise unless stuck, about 5 from the curve.",
        "알려진 값: 갇히지 않으면 잡음의 0.98~1.01배, 참 곡선과의 거리는 5쯤.",
    ),
    "waves.too hard": (
        "sin(x²), the formula of the tutorial's text, is too hard for this network: known over 7 starts, after 20,000 "
        "epochs, 43 to 49.",
        "튜토리얼 글에 적힌 sin(x²)은 이 신경망에 너무 어렵습니다. 시작점 7개에서 20,000에포크 뒤의 알려진 값: 43~49.",
    ),
    "waves.flaw formula": (
        "Its text says sin(x²), its code computes sin(2x): another problem (--formula text).",
        "글에는 sin(x²), 코드에는 sin(2x)라고 되어 있습니다. 서로 다른 문제입니다(--formula text).",
    ),
    "waves.flaw graph": (
        "Its list of losses keeps every step's graph alive, some 95 kB each, 2 GB in all, and cannot be drawn; here numbers "
        "are kept. It runs on CUDA or not at all; here --device chooses.",
        "손실 목록이 스텝마다 계산 그래프를 붙들고 있어(스텝당 약 95 kB, 모두 2 GB) 그릴 수도 없습니다. 여기서는 수만 "
        "남깁니다. CUDA가 없으면 돌지도 않습니다. 여기서는 --device로 고릅니다.",
    ),
    "waves.flaw stale": (
        "It draws an output that is one update old, and has no seed and no held-out points.",
        "한 번 갱신하기 전의 출력을 그리고, 시드도 처음 보는 점도 없습니다.",
    ),
    "waves.flaw falls": (
        '"The loss falls every epoch" is not so: here it rose in {rises} of the epochs; over all 20,000 that is about 40 %.',
        '"에포크마다 손실이 준다"는 말은 틀렸습니다. 여기서는 에포크의 {rises}에서 올랐고, 20,000에포크 전체로는 약 40 '
        "%입니다.",
    ),
    "waves.fit named": ("network, seed {seed}", "신경망, 시드 {seed}"),
    "waves.truth named": ("without noise", "잡음 없는 곡선"),
    "waves.loss named": ("training loss", "학습 손실"),
    "waves.floor named": ("mean |noise|", "평균 |잡음|"),
    "waves.loss axis": ("L1 loss", "L1 손실"),
    "waves.title": ("A curve of straight pieces, after {epochs} epochs", "직선 조각으로 된 곡선, {epochs}에포크 뒤"),
    "waves.title loss": ("Training loss of the wave", "물결 데이터의 학습 손실"),
    "waves.title starts": ("Every start, judged by the noise of its points", "시작점마다의 결과를 점들의 잡음에 견주면"),
}
"""The waves."""

CLAIMS = {
    "claim.activations": ("The claim about activations, tried: {names}", "활성화 함수에 대한 주장 시험: {names}"),
    "claim.optimizers": ("The claim about optimizers, tried: {names}", "옵티마이저에 대한 주장 시험: {names}"),
    "claim.losses": ("The claim about losses, tried: {names}", "손실 함수에 대한 주장 시험: {names}"),
    "claim.begin": (
        "Each from the same {starts} starts, {epochs} epochs; all else as in the tutorial.",
        "똑같은 시작점 {starts}개에서 {epochs}에포크씩, 나머지는 튜토리얼 그대로.",
    ),
    "claim.kind": ("kind", "종류"),
    "claim.stopped": ("Stopped: {starts} whole starts are kept.", "멈춤: 끝까지 마친 시작점 {starts}개를 남겼습니다."),
    "claim.diverged": ("diverged", "발산"),
    "claim.table": ("At the end, over {starts} starts", "마지막 결과 (시작점 {starts}개)"),
    "claim.train": ("train L1 (10 .. 90 %)", "학습 L1 (10 .. 90 %)"),
    "claim.held out": ("held out", "못 본 점"),
    "claim.stuck": ("stuck", "갇힘"),
    "claim.dead": ("dead", "죽은 노드"),
    "claim.vanishing": ("first/last", "첫/끝 층"),
    "claim.legend": (
        "dead: hidden units whose sum is below zero at every point, after learning. "
        "first/last: mean |gradient| of the first layer's weights over the last one's, before learning.",
        "죽은 노드: 학습 뒤 모든 점에서 합이 0보다 작은 은닉 노드. 첫/끝 층: 학습 전 첫 층 가중치의 평균 |기울기|를 끝 "
        "층의 것으로 나눈 값.",
    ),
    "claim.legend stuck": ("stuck: above {limit} of the noise.", "갇힘: 잡음의 {limit}배 초과."),
    "claim.early": (
        "After {epochs} epochs of {full} nothing can be said yet of being stuck.",
        "{full}에포크 가운데 {epochs}에포크 만에는 갇혔는지 아직 알 수 없습니다.",
    ),
    "claim.lost": ("∞: diverged, came to no number.", "∞: 발산하여 수가 되지 못함."),
    "claim.verdict": ("Verdict, by {measure}", "판정: {measure} 기준"),
    "claim.by test": ("the L1 error on points held out", "처음 보는 점에서의 L1 오차"),
    "claim.by train": ("the L1 error on the points", "학습한 점에서의 L1 오차"),
    "claim.better": (
        "{one} does better than {other}: lower from {wins} of {trials} starts (95 %: {low} to {high}); medians {first} and "
        "{second}.",
        "{one} 쪽이 {other}보다 낫습니다. 시작점 {trials}개 가운데 {wins}개에서 더 낮습니다(95 % 구간 {low}~{high}). 중앙값 "
        "{first} 대 {second}.",
    ),
    "claim.worse": (
        "{one} does worse than {other}: lower from {wins} of {trials} starts only (95 %: {low} to {high}); medians {first} "
        "and {second}.",
        "{one} 쪽이 {other}보다 못합니다. 시작점 {trials}개 가운데 {wins}개에서만 더 낮습니다(95 % 구간 {low}~{high}). 중앙값 "
        "{first} 대 {second}.",
    ),
    "claim.open": (
        "{one} against {other}: not decided, lower from {wins} of {trials} starts (95 %: {low} to {high}); medians {first} "
        "and {second}.",
        "{one} 대 {other}: 판정할 수 없습니다. 시작점 {trials}개 가운데 {wins}개에서 더 낮습니다(95 % 구간 {low}~{high}). "
        "중앙값 {first} 대 {second}.",
    ),
    "claim.line": (
        "Without activations the network is a straight line: {none} in the median, {above} above the best line there is, "
        "{best}.",
        "활성화 함수가 없으면 신경망은 직선일 뿐입니다. 중앙값 {none}, 가능한 가장 좋은 직선 {best}보다 {above} 큽니다.",
    ),
    "claim.best line": ("best straight line", "가장 좋은 직선"),
    "claim.axis": ("L1 error on the training points", "학습 점에서의 L1 오차"),
    "claim.title activations": ("Four activations from the same starts", "똑같은 시작점에서 출발한 활성화 함수 넷"),
    "claim.title optimizers": ("Adam and SGD from the same starts", "똑같은 시작점에서 출발한 Adam과 SGD"),
    "claim.title losses": ("L1 and MSE loss from the same starts", "똑같은 시작점에서 출발한 L1 손실과 MSE 손실"),
}
"""The experiments."""
