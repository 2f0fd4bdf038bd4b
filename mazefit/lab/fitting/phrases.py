"""What the fitting environments' commands say on the terminal and on their figures, in English and Korean.

say("optimizer", "ko")
"""

from mazefit.lab.page_phrases import PAGES, speaker

LANDSCAPE = {
    "landscape.begin": (
        "A loss surface as a maze: {columns} x {rows} nodes, γ = {discount}, seed {seed}",
        "미로가 된 손실 곡면: 격자점 {columns} x {rows}개, γ = {discount}, 시드 {seed}",
    ),
    "landscape.moves": (
        "The nodes are lines y = w x + b through the tutorial's ten points. A move changes w by {w} or b by {b}; the reward on "
        "arrival is the loss that it removes.",
        "격자점마다 튜토리얼의 점 열 개를 지나는 직선 y = w x + b가 하나씩 있습니다. 한 번 움직이면 w가 {w} 또는 b가 {b}만큼 "
        "바뀌고, 도착할 때의 보상은 줄어든 손실입니다.",
    ),
    "landscape.exact": ("The exact answer", "정확한 답"),
    "landscape.start": ("start", "출발"),
    "landscape.goal": ("goal", "목표"),
    "landscape.node": ("s{state}: w = {w}, b = {b}, loss {loss}", "s{state}: w = {w}, b = {b}, 손실 {loss}"),
    "landscape.least": (
        "{node} (least squares, between the nodes: {loss})",
        "{node} (격자점 사이의 최소제곱해: {loss})",
    ),
    "landscape.way": ("best way", "최선의 길"),
    "landscape.moved": (
        "{moves} moves, {up} of them uphill; the fewest that lead there are {fewest}",
        "{moves}번 움직임(그 가운데 오르막 {up}번), 목표까지 가장 적게 움직이면 {fewest}번",
    ),
    "landscape.nowhere": ("does not arrive", "도착하지 못함"),
    "landscape.return": ("return G", "수익(G)"),
    "landscape.removed": (
        ": without a discount it is the loss removed, to the last bit",
        ": 할인하지 않은 수익은 줄어든 손실과 마지막 비트까지 같음",
    ),
    "landscape.rounded": (
        ": without a discount it is the loss removed, but for rounding: this should not be",
        ": 할인하지 않은 수익이 줄어든 손실과 반올림만큼 다름. 있어서는 안 되는 일",
    ),
    "landscape.value": ("value v*(s{state})", "가치 v*(s{state})"),
    "landscape.any way": ("any: all ways to the goal are worth the same", "아무 길이나: 목표로 가는 길의 가치가 모두 같음"),
    "landscape.stuck": (
        "{count} nodes beside the goal have no lower neighbour: who always goes down stops there.{more}",
        "목표 말고도 이웃이 모두 더 높은 격자점이 {count}개 있습니다. 늘 내려가기만 하면 거기서 멈춥니다.{more}",
    ),
    "landscape.passes": (
        " The best policy goes on to the goal.",
        " 최선의 정책은 거기서도 목표까지 갑니다.",
    ),
    "landscape.one": ("Why γ = 1 would not do", "γ = 1로는 안 되는 까닭"),
    "landscape.ties": (
        "At γ = 1 the rewards of a way telescope: whatever way leads to the goal removes the same loss. In {ties} of {states} "
        "states all four actions tie. Below 1 the best way has the smallest discounted mean of losses.",
        "γ = 1이면 길에서 받는 보상이 서로 지워져서, 어느 길로 가든 목표까지 줄어드는 손실이 같습니다. 상태 {states}개 "
        "가운데 {ties}개에서 네 행위가 모두 동점입니다. γ가 1보다 작으면 할인해서 평균한 손실이 가장 작은 길이 최선입니다.",
    ),
    "landscape.learned": ("Learned by {agent}", "{agent} 행위자가 학습한 결과"),
    "landscape.planned": ("Planned by {agent}", "{agent} 행위자가 계산한 결과"),
    "landscape.episodes": ("episodes", "에피소드"),
    "landscape.steps": (
        "{episodes}, {steps} moves in all; the last {last} took {mean} each",
        "{episodes}개, 모두 {steps}번 움직임. 마지막 {last}개는 평균 {mean}번",
    ),
    "landscape.greedy": ("greedy path", "탐욕 정책의 경로"),
    "landscape.arrives": (
        "{moves} moves; the best policy needs {best}",
        "{moves}번 움직임, 최선의 정책은 {best}번",
    ),
    "landscape.error": ("largest error of the values", "가치의 가장 큰 오차"),
    "landscape.errors": (
        "{error} on the {states} states of the greedy path",
        "탐욕 정책이 지나는 상태 {states}개에서 {error}",
    ),
    "landscape.optimizers": (
        "Four optimizers from the same start: the loss along {epochs} updates",
        "같은 출발점에서 옵티마이저 네 가지로 {epochs}번 갱신할 때의 손실",
    ),
    "optimizer": ("optimizer", "옵티마이저"),
    "landscape.after": ("after {count}", "{count}번 뒤"),
    "landscape.reached": ("below {loss} after", "{loss} 아래까지"),
    "landscape.never": ("never", "없음"),
    "landscape.fair": (
        "The agent's moves keep to the grid; the optimizers' updates go anywhere, and know the gradient where they are.",
        "행위자는 격자점 위로만 움직입니다. 옵티마이저는 어디로든 가지만 곡면 전체가 아니라 그 자리의 기울기만 압니다.",
    ),
    "landscape.stopped": (
        "Stopped after {episodes} of {full} episodes: what was learned until then is kept.",
        "멈춤: 에피소드 {full}개 가운데 {episodes}개까지 학습한 결과를 남겼습니다.",
    ),
    "gradient descent": ("gradient descent {rate}", "경사하강법 {rate}"),
    "momentum": ("momentum {rate}, {momentum}", "모멘텀 {rate}, {momentum}"),
    "landscape.policy": ("best policy, γ = {discount}: {moves} moves", "최선의 정책, γ = {discount}: {moves}번 이동"),
    "landscape.title": ("A loss surface is a maze", "손실 곡면은 미로다"),
    "landscape.note": (
        "mean squared error of y = w x + b on ten points; arrows: the best actions at γ = {discount}",
        "점 열 개에 대한 y = w x + b의 평균제곱오차. 화살표: γ = {discount}에서 최선의 행위",
    ),
    "landscape.values": (
        "{agent} on the loss surface: values and best actions",
        "손실 곡면에서 {agent}: 상태의 가치와 최선의 행위",
    ),
    "landscape.lengths": (
        "{agent} on the loss surface: moves to the goal",
        "손실 곡면에서 {agent}: 목표까지 움직인 횟수",
    ),
    "landscape.same": (
        "running mean of a tenth of the episodes so far; the return G of every whole episode is the same",
        "그때까지 에피소드의 10분의 1로 낸 이동평균. 끝까지 간 에피소드의 수익(G)은 모두 같음",
    ),
}
"""The surface."""

FIT = {
    "fit.begin": (
        "Fitting as acting: {task}, {parameters} parameters, seed {seed}, at most {epochs} updates",
        "행위로서의 학습: {task}, 매개변수 {parameters}개, 시드 {seed}, 갱신은 많아야 {epochs}번",
    ),
    "fit.means": (
        "The agent stands where the parameters are. Its action is an update; the reward on arrival is the loss that it "
        "removes, so that the return G is the loss removed in all.",
        "행위자는 매개변수가 있는 자리에 서 있습니다. 행위는 갱신이고, 도착할 때의 보상은 줄어든 손실입니다. 그래서 수익(G)은 "
        "모두 합해 줄어든 손실과 같습니다.",
    ),
    "fit.agents": (
        "Four optimizers as agents, from the same start of loss {loss}; the target is {target}",
        "행위자가 된 옵티마이저 네 가지: 출발할 때의 손실은 모두 {loss}, 목표 손실은 {target}",
    ),
    "fit.agent": ("agent", "행위자"),
    "fit.step size": ("step size", "스텝 크기"),
    "fit.updates": ("updates", "갱신"),
    "fit.end": ("end", "끝난 까닭"),
    "fit.last": ("final loss", "마지막 손실"),
    "fit.return": ("return G", "수익(G)"),
    "fit.reached": ("target reached", "목표 도달"),
    "fit.spent": ("budget spent", "횟수 소진"),
    "fit.outside": ("out of range", "범위 벗어남"),
    "fit.torch": (
        "Held against torch.optim: the largest difference of any parameter",
        "torch.optim과 비교: 매개변수 차이 가운데 가장 큰 값",
    ),
    "fit.single": ("of one update", "갱신 한 번"),
    "fit.whole": ("of the whole way", "길 전체"),
    "fit.together": ("below 1e-12 for", "1e-12 아래인 갱신"),
    "fit.chaos": (
        "Each update is PyTorch's to rounding. Over a whole way rounding may grow where the loss no longer settles.",
        "갱신 한 번 한 번은 반올림 오차 안에서 PyTorch와 같습니다. 손실이 가라앉지 못하고 흔들리는 곳에서는 길 전체에 걸쳐 그 "
        "오차가 커질 수 있습니다.",
    ),
    "fit.trace": ("The record", "기록"),
    "fit.rows": (
        "{rows} updates of single parameters, {bytes} bytes each. Replay rebuilds the parameters of all four {how}.",
        "매개변수 하나씩 갱신 {rows}번, 한 번에 {bytes}바이트. 기록을 재생하면 네 행위자의 매개변수가 모두 {how}.",
    ),
    "fit.same": ("to the last bit", "마지막 비트까지 똑같이 나옵니다"),
    "fit.other": ("otherwise: this should not be", "다르게 나옵니다. 있어서는 안 되는 일입니다"),
    "fit.backup": (
        "backup: the largest update of {agent}, number {step}, of {name}",
        "backup: {agent} 행위자의 가장 큰 갱신({step}번째, {name})",
    ),
    "fit.title": ("Four optimizers as agents: {task}", "행위자가 된 옵티마이저 네 가지: {task}"),
    "fit.target": ("target loss {loss}", "목표 손실 {loss}"),
    "fit.note": (
        "all from one start, seed {seed}; who has reached the target rests there",
        "모두 같은 출발점(시드 {seed}). 목표에 닿은 행위자는 거기서 멈춤",
    ),
}
"""Optimizers as agents."""

CONTROL = {
    "control.begin step_size": (
        "Steering a fit: when to halve and when to double the step size of gradient descent; {task}, {seeds} seeds",
        "학습 조종하기: 경사하강법의 스텝 크기를 언제 반으로 줄이고 언제 두 배로 늘릴까. {task}, 시드 {seeds}개",
    ),
    "control.begin optimizer": (
        "Steering a fit: which of four optimizers is to work when; {task}, {seeds} seeds",
        "학습 조종하기: 네 옵티마이저 가운데 언제 무엇을 쓸까. {task}, 시드 {seeds}개",
    ),
    "control.means": (
        "Each action is followed by {updates} updates. {episodes} episodes for each agent; what was learned is tried on "
        "{starts} starts that belong to its seed, and so is every fixed choice.",
        "행위마다 {updates}번 갱신합니다. 행위자마다 에피소드 {episodes}개로 학습하고, 배운 정책과 고정된 선택을 모두 시드마다 "
        "정해진 출발점 {starts}개에서 시험합니다.",
    ),
    "control.end": (
        "After {episodes} episodes, medians over {seeds} seeds",
        "에피소드 {episodes}개 뒤, 시드 {seeds}개의 중앙값",
    ),
    "control.choice": ("choice", "선택"),
    "control.loss": ("loss", "손실"),
    "control.updates": ("updates", "갱신"),
    "control.better loss": ("better in loss", "손실에서 나음"),
    "control.better updates": ("in updates", "갱신에서 나음"),
    "control.ties": (
        "Updates: until the target loss; where it was not reached, all {most}. Better: share of the seeds in which what was "
        "learned did better than that choice; a tie counts half.",
        "갱신: 목표 손실까지의 횟수이며, 닿지 못하면 {most}번 전부입니다. 나음: 배운 정책이 그 선택보다 나았던 시드의 비율이며 "
        "동점은 절반으로 칩니다.",
    ),
    "control.hindsight": (
        "{name} is the best constant step size in hindsight: chosen on these very starts, a harder thing to beat.",
        "{name}: 바로 이 출발점들에서 결과를 보고 고른 가장 좋은 고정 스텝 크기라서 이기기가 더 어렵습니다.",
    ),
    "control.seconds": ("Took {seconds} s.", "걸린 시간: {seconds}초."),
    "control.stopped": (
        "Stopped after {done} of {full} seeds: what was learned until then is kept.",
        "멈춤: 시드 {full}개 가운데 {done}개까지의 결과를 남겼습니다.",
    ),
    "control.title step_size": ("When to halve, when to double: {task}", "언제 줄이고 언제 늘릴까: {task}"),
    "control.title optimizer": ("Which optimizer when: {task}", "언제 어느 옵티마이저를 쓸까: {task}"),
    "control.learned": ("episodes learned", "학습한 에피소드"),
    "control.loss label": ("loss at the end", "마지막 손실"),
    "control.updates label": ("updates to the target loss", "목표 손실까지 갱신한 횟수"),
    "control.note": (
        "line: median, band: 10 to 90 % of {seeds} seeds, each tried on {starts} starts",
        "선: 중앙값, 띠: 시드 {seeds}개의 10~90 %. 시드마다 출발점 {starts}개에서 시험",
    ),
    "control.target": ("target loss", "목표 손실"),
    "halve": ("always halve", "늘 반으로"),
    "keep": ("always keep", "늘 그대로"),
    "double": ("always double", "늘 두 배로"),
    "constant": ("best constant {size}", "가장 좋은 고정값 {size}"),
    "always": ("always {name}", "늘 {name}"),
    "learner": ("{name}, learned", "{name} 학습"),
}
"""Steered optimizers."""

TABLES: tuple[dict[str, tuple[str, str]], ...] = (PAGES, LANDSCAPE, FIT, CONTROL)
PHRASES = {key: both for table in TABLES for key, both in table.items()}
say = speaker(PHRASES)
"""The phrase of a key in a language, values put into its braces."""
