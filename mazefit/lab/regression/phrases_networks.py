"""What the sine and the curve say, in English and Korean."""

SINE = {
    "sine.begin": (
        "One period of a sine by a network 1-2-1, four optimizers from the same {seeds} starts: SGD 0.1, Momentum 0.1 "
        "(0.9), RMSprop 0.01, Adam 0.01; {epochs} epochs, constants of {constants}",
        "1-2-1 신경망으로 사인 한 주기 맞추기. 옵티마이저 넷이 똑같은 시작점 {seeds}개에서 출발: SGD 0.1, Momentum 0.1 "
        "(0.9), RMSprop 0.01, Adam 0.01. {epochs}에포크, 상수는 {constants} 기준",
    ),
    "sine.begin own": (
        "Your points by a network {sizes} of sigmoids, four optimizers from the same {seeds} starts: SGD 0.1, Momentum 0.1 "
        "(0.9), RMSprop 0.01, Adam 0.01; {epochs} epochs, constants of {constants}",
        "시그모이드를 쓴 {sizes} 신경망으로 직접 준 점 맞추기. 옵티마이저 넷이 똑같은 시작점 {seeds}개에서 출발: SGD 0.1, "
        "Momentum 0.1 (0.9), RMSprop 0.01, Adam 0.01. {epochs}에포크, 상수는 {constants} 기준",
    ),
    "constants.keras": ("Keras", "Keras"),
    "constants.torch": ("PyTorch", "PyTorch"),
    "sine.stopped": (
        "Stopped: kept {seeds} starts of {epochs} epochs each.",
        "멈춤: 시작점 {seeds}개를 {epochs}에포크까지 남겼습니다.",
    ),
    "sine.seconds": ("{fits} fits took {seconds} s.", "{fits}번 학습하는 데 {seconds}초."),
    "sine.ranking": (
        "Test MSE after {epochs} epochs, over {seeds} starts",
        "{epochs}에포크 뒤의 테스트 MSE (시작점 {seeds}개)",
    ),
    "sine.ranking own": (
        "MSE on your points after {epochs} epochs, over {seeds} starts",
        "{epochs}에포크 뒤, 주신 점에서의 MSE (시작점 {seeds}개)",
    ),
    "sine.optimizer": ("optimizer", "옵티마이저"),
    "sine.median": ("median", "중앙값"),
    "sine.middle": ("10 .. 90 %", "10 .. 90 %"),
    "sine.won": ("won", "이긴 비율"),
    "sine.interval": ("95 %", "95 % 구간"),
    "sine.known": ("of 1,000", "1,000개에서"),
    "sine.clear": (
        "At these rates and {epochs} epochs {first} ends lowest from {share} of the starts, clearly more often than each "
        "of the others.",
        "이 학습률과 {epochs}에포크에서는 {first}의 손실이 시작점의 {share}에서 가장 낮았습니다. 나머지보다 분명히 자주 "
        "이깁니다.",
    ),
    "sine.open": (
        "{first} ends lowest from {share} of the starts; of {seeds} starts that is not clearly more often than {second}.",
        "{first}의 손실이 시작점의 {share}에서 가장 낮았지만, 시작점 {seeds}개로는 {second}보다 분명히 자주 이긴다고 할 수 "
        "없습니다.",
    ),
    "sine.stopped rest": (
        "Stopped: the study is whole and kept; what was to follow it is left out.",
        "멈춤: 비교 결과는 모두 남겼고, 그다음에 할 계산은 하지 않았습니다.",
    ),
    "sine.flaw chain": (
        "It never begins the model anew: Adam, run last, starts where RMSprop stopped, so its being best comes of the order "
        "(--as-written replays it).",
        "옵티마이저를 바꿀 때 모델을 다시 초기화하지 않습니다. 마지막에 돌린 Adam은 RMSprop이 멈춘 데서 출발하므로, 가장 "
        "좋게 나온 것은 순서 때문입니다(--as-written으로 재현).",
    ),
    "sine.flaw seed": (
        "Its seed does not reach the weights, and one run says nothing; here bands and shares of wins over many starts.",
        "시드가 가중치에는 닿지 않고, 한 번 돌린 결과로는 아무것도 말할 수 없습니다. 여기서는 여러 시작점의 띠와 이긴 "
        "비율을 봅니다.",
    ),
    "sine.flaw rates": (
        "Its learning rates differ tenfold and were never tuned (--rates tries five for each).",
        "학습률이 열 배씩 다르고 맞춘 적도 없습니다(--rates로 다섯 가지씩 시험).",
    ),
    "sine.flaw budget": (
        "Its 1,000 epochs decide as well: after 10,000 the order is another (--epochs 10000: Adam).",
        "에포크 수 1,000도 순위를 좌우합니다. 10,000에포크 뒤에는 순위가 바뀝니다(--epochs 10000: Adam).",
    ),
    "sine.title": (
        "Four optimizers from the same starts: {epochs} epochs",
        "똑같은 시작점에서 출발한 옵티마이저 넷: {epochs}에포크",
    ),
    "sine.network": (
        "The network of start {seed}, by {name}, {epochs} epochs",
        "시드 {seed}에서 출발한 신경망, {name}, {epochs}에포크",
    ),
    "chain.begin": (
        "AS WRITTEN, not a fair study: one model, never begun anew, {order}; {epochs} epochs each, {seeds} such chains",
        "튜토리얼 그대로(공정한 비교가 아님): 다시 초기화하지 않은 모델 하나로 {order} 순서, {epochs}에포크씩, 이런 사슬 "
        "{seeds}개",
    ),
    "chain.stopped": ("Stopped: kept {seeds} whole chains.", "멈춤: 끝까지 이어진 사슬 {seeds}개를 남겼습니다."),
    "chain.begins at": ("begins at", "시작 손실"),
    "chain.ends at": ("ends at", "끝 손실"),
    "chain.test": ("test MSE", "테스트 MSE"),
    "chain.lowest": ("ends lowest", "가장 낮게 끝난 비율"),
    "chain.says": (
        "{last} begins at {begins} in the median, where {previous} stopped, and ends lowest in {share} of the chains.",
        "{last}은 중앙값 {begins}, 곧 {previous}이 멈춘 데서 시작하고, 사슬의 {share}에서 가장 낮게 끝납니다.",
    ),
    "chain.reversed": ("The same in the reverse order", "순서를 거꾸로 하면"),
    "chain.order": (
        "So who ends best is a matter of who goes last. The fair study is `sine` without --as-written.",
        "그러니 누가 가장 좋은가는 누가 마지막인가의 문제입니다. 공정한 비교는 --as-written 없이 돌린 sine입니다.",
    ),
    "chain.title": ("As written: one model, never begun anew", "튜토리얼 그대로: 다시 초기화하지 않은 모델 하나"),
    "rates.heading": (
        "Median test MSE at other learning rates, {epochs} epochs",
        "다른 학습률에서의 테스트 MSE 중앙값 ({epochs}에포크)",
    ),
    "rates.star": ("* the tutorial's rate. Best: {best}.", "* 튜토리얼의 학습률. 가장 좋은 학습률: {best}."),
    "rates.against": (
        "{one} against {other}: ends lower from {share} of the starts (95 %: {low} to {high}).",
        "{one} 대 {other}: 시작점의 {share}에서 더 낮게 끝납니다(95 % 구간 {low}~{high}).",
    ),
    "rates.title": ("Rates matter: the end after {epochs} epochs", "학습률이 좌우합니다: {epochs}에포크 뒤의 결과"),
}
"""The sine."""

CURVE = {
    "curve.begin": (
        "A curve through {count} points by a network with 10 tanh units: Adam {rate}, {epochs} full-batch epochs, seed {seed}",
        "tanh 노드 10개짜리 신경망으로 점 {count}개 맞추기: Adam {rate}, 전체 배치로 {epochs}에포크, 시드 {seed}",
    ),
    "curve.layers": ("Layers: {shapes}", "층: {shapes}"),
    "curve.parameters": (
        "{count} parameters: {weights} weights and {biases} biases.",
        "매개변수 {count}개: 가중치 {weights}개, 편향 {biases}개.",
    ),
    "curve.result": ("Result", "결과"),
    "curve.network mse": ("MSE of the network", "신경망의 MSE"),
    "curve.line mse": ("MSE of the best line", "가장 좋은 직선의 MSE"),
    "curve.prediction": ("prediction", "예측"),
    "curve.starts": ("The same from {count} starts", "시작점 {count}개에서 똑같이 해 보면"),
    "curve.spread": (
        "MSE at the end: median {middle} (10 to 90 %: {low} to {high}).",
        "마지막 MSE: 중앙값 {middle} (10~90 %: {low}~{high}).",
    ),
    "curve.known": ("Known over 200 starts: 0.0698 (0.066 to 0.074).", "시작점 200개에서 알려진 값: 0.0698 (0.066~0.074)."),
    "curve.no others": ("Stopped before the other starts were done.", "멈춤: 다른 시작점들은 끝내지 못했습니다."),
    "curve.left out": (
        "Which knows more? Each point left out once: squared error there, in the mean",
        "어느 쪽이 더 잘 아는가? 점을 하나씩 빼고 맞춘 뒤 그 점에서 잰 제곱 오차의 평균",
    ),
    "curve.network error": ("network", "신경망"),
    "curve.line error": ("line", "직선"),
    "curve.network spread": (
        "{middle}, median of {count} starts (10 to 90 %: {low} to {high})",
        "{middle}, 시작점 {count}개의 중앙값 (10~90 %: {low}~{high})",
    ),
    "curve.line knows": (
        "The line knows more: it is nearer to points that it has not seen.",
        "직선이 더 잘 압니다. 보지 않은 점에 더 가깝습니다.",
    ),
    "curve.network knows": (
        "The network knows more: it is nearer to points that it has not seen.",
        "신경망이 더 잘 압니다. 보지 않은 점에 더 가깝습니다.",
    ),
    "curve.open": (
        "Not decided: the line is nearer to points that it has not seen than the network from {wins} of {trials} starts.",
        "판정할 수 없습니다. 시작점 {trials}개 가운데 {wins}개에서 직선이 보지 않은 점에 더 가깝습니다.",
    ),
    "curve.flaw global": (
        '"Converges to the global minimum" is so for the line, whose loss is a bowl. This network could pass through all '
        "points (loss 0); here it stopped at {mse}.",
        '"전역 최솟값으로 수렴한다"는 말은 손실이 그릇 모양인 직선에만 맞습니다. 이 신경망은 모든 점을 지날 수도 '
        "있는데(손실 0), 여기서는 {mse}에서 멈췄습니다.",
    ),
    "curve.flaw fine": (
        "It draws the curve at the points alone, joined by straight lines; here it is drawn finely.",
        "곡선을 점이 있는 자리만 직선으로 이어 그립니다. 여기서는 촘촘히 그립니다.",
    ),
    "curve.flaw better": (
        "It takes the lower training loss for a better model; points left out say which it is.",
        "학습 손실이 낮다고 더 좋은 모델로 봅니다. 어느 쪽이 나은지는 빼 둔 점이 말해 줍니다.",
    ),
    "curve.title": ("A network 1-10-1 with tanh after {epochs} epochs", "tanh를 쓴 1-10-1 신경망, {epochs}에포크 뒤"),
    "curve.named": ("network", "신경망"),
    "curve.line named": ("best straight line", "가장 좋은 직선"),
}
"""The curve."""
