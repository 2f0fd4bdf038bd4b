"""What the walk through a maze says, in English and Korean. The field's words are those of `mazefit.words.GLOSSARY`.

say = speaker("ko")
say("state")            상태 s
"""

from collections.abc import Callable

from mazefit.words import LANGUAGES, check_language, filled

Say = Callable[..., str]
"""`say(phrase, **values)`: the phrase in the language of the speaker, `values` put into its braces."""

PANEL = {
    "episode": ("Episode", "에피소드"),
    "state": ("State s", "상태 s"),
    "action": ("Action a", "행위 a"),
    "reward": ("Reward r, on arrival", "보상 r (도착할 때)"),
    "next state": ("Next state s′", "다음 상태 s′"),
    "probability": ("Transition probability p", "상태전이확률 p"),
    "return": ("Return G so far", "지금까지의 수익(G)"),
    "discounted": ("Discounted, γ = {discount}", "할인된 수익, γ = {discount}"),
    "steps": ("Steps", "스텝 수"),
    "shortest": ("Shortest possible", "가능한 최단 스텝 수"),
    "best return": ("Best return, v*({start})", "최대 수익, v*({start})"),
    "policy": ("Policy shown", "표시 중인 정책"),
    "no step yet": ("no step yet", "아직 없음"),
    "no way": ("no goal can be reached", "도달할 수 있는 목표 없음"),
    "exact policy": ("exact optimum", "정확한 최적 정책"),
    "learned policy": ("{name}, greedy, after {episodes} episodes", "{name}, 탐욕, 에피소드 {episodes}개 학습"),
    "planned policy": ("{name}, greedy", "{name}, 탐욕"),
    "letters": ("Rewards of letters", "글자 칸의 보상"),
    "nothing to choose": ("the episode is over", "에피소드 끝"),
}
"""The lines beside the maze."""

ACTIONS = {
    "up": ("up", "위"),
    "right": ("right", "오른쪽"),
    "down": ("down", "아래"),
    "left": ("left", "왼쪽"),
}

MESSAGES = {
    "welcome": ("You are the agent A; walk to the goal G.", "당신이 행위자 A입니다. 목표 G까지 걸어가 보세요."),
    "bump": (
        "A wall: you stay in {here} and receive the reward of arriving there, {amount}.",
        "벽에 막혀 {here}에 그대로 있습니다. {here}에 도착한 것으로 쳐서 보상을 받습니다: {amount}.",
    ),
    "policy moves": ("The policy takes {move}.", "정책이 고른 행위: {move}."),
    "policy ties": (
        "The policy takes {move}, the first of its best; as good: {others}.",
        "정책이 고른 행위: {move} (가장 좋은 행위 중 첫째). 똑같이 좋은 행위: {others}.",
    ),
    "undone": ("One step back.", "한 스텝 되돌렸습니다."),
    "undone reset": ("Back in episode {number}.", "{number}번째 에피소드로 되돌아왔습니다."),
    "nothing to undo": ("Nothing to undo: this is the very beginning.", "되돌릴 스텝이 없습니다. 맨 처음입니다."),
    "new episode": ("Episode {number} begins in {here}.", "{number}번째 에피소드를 {here}에서 시작합니다."),
    "values on": (
        "Values v(s) and best actions: {whose}.",
        "상태의 가치 v(s)와 가장 좋은 행위를 보입니다: {whose}.",
    ),
    "values off": ("Values are hidden.", "가치를 숨겼습니다."),
    "unknown key": (
        "The key {key} does nothing here; ? shows all keys.",
        "{key} 키는 쓰이지 않습니다. ? 키를 누르면 모든 키가 보입니다.",
    ),
    "unknown key near": (
        "The key {key} does nothing here; did you mean {near}? (? shows all keys)",
        "{key} 키는 쓰이지 않습니다. {near} 키인가요? (? 모든 키)",
    ),
    "hangul": (
        "{key} is a Korean syllable; switch the keyboard to English letters.",
        "{key}: 한글이 입력되었습니다. 한/영 키로 영문 입력으로 바꾸어 주세요.",
    ),
    "number": ("Depth {number}: now press b or B.", "깊이 {number}: 이제 b 또는 B를 누르세요."),
}
"""The line that answers a key."""

ENDING = {
    "over": (
        "Episode {number} is over: {steps} steps, return G = {gain}.",
        "{number}번째 에피소드 끝: {steps} 스텝, 수익(G) = {gain}.",
    ),
    "unfinished": (
        "Episode {number} is not finished: {steps} steps so far, return G = {gain}.",
        "{number}번째 에피소드는 아직 끝나지 않았습니다: 지금까지 {steps} 스텝, 수익(G) = {gain}.",
    ),
    "optimal": (
        "Optimal: {shortest} steps is the shortest possible.",
        "최적입니다. {shortest} 스텝이 가능한 최단입니다.",
    ),
    "longer": (
        "Not optimal: {extra} more than the shortest possible, {shortest}.",
        "최적이 아닙니다. 가능한 최단 {shortest} 스텝보다 {extra} 스텝 더 걸었습니다.",
    ),
    "most": ("Optimal: {best} is the best possible return.", "최적입니다. 가능한 최대 수익이 {best}입니다."),
    "less": (
        "Not optimal: {gap} below the best possible return, {best}.",
        "최적이 아닙니다. 가능한 최대 수익 {best}보다 {gap} 작습니다.",
    ),
    "next key": (
        "Enter or a move begins the next episode; u undoes.",
        "Enter 또는 이동 키: 다음 에피소드, u: 되돌리기.",
    ),
}
"""The summary of an episode."""

DIAGRAMS = {
    "look": ("Backup diagram of {root} · policy: {whose}", "{root}의 백업다이어그램 · 정책: {whose}"),
    "cut": (
        "Depth {depth} instead of {asked}: there is no room for more.",
        "자리가 모자라 깊이 {asked} 대신 {depth}까지 그렸습니다.",
    ),
    "pruned": (
        "Below the first arrivals only actions with π > 0 are drawn.",
        "첫 도착 아래에는 π > 0인 행위만 그렸습니다.",
    ),
    "go on": ("Any key goes on.", "아무 키나 누르면 계속합니다."),
}
"""Around a backup diagram."""

HELP = {
    "keys": (
        "arrows move · u undo · space policy · b backup · v values · ? help · q quit",
        "화살표 이동 · u 되돌리기 · 스페이스 정책 · b 백업 · v 가치 · ? 도움말 · q 끝",
    ),
    "help title": ("Keys", "키"),
    "help arrows": ("arrows", "화살표"),
    "help space": ("space", "스페이스"),
    "help move": ("up, left, down, right", "위, 왼쪽, 아래, 오른쪽"),
    "help vi": ("left, down, up, right", "왼쪽, 아래, 위, 오른쪽"),
    "help walk": ("move the agent", "행위자 움직이기"),
    "help greedy": ("the policy shown takes a greedy step", "표시 중인 정책이 탐욕 행위로 한 스텝"),
    "help undo": ("undo a step, back over an episode's end too", "한 스텝 되돌리기 (끝난 에피소드로도 돌아감)"),
    "help reset": ("begin a new episode", "새 에피소드 시작"),
    "help b": ("backup diagram of this state", "이 상태의 백업다이어그램"),
    "help B": ("that of (s, a), the last or greedy action", "(s, a)의 백업다이어그램 (a는 마지막 행위, 없으면 탐욕 행위)"),
    "help number": ("the same, 3 arrivals deep", "같은 것을 깊이 3까지"),
    "help values": ("values v(s) and best actions on, off", "가치 v(s)와 가장 좋은 행위 보이기·숨기기"),
    "help help": ("these lines", "이 설명"),
    "help quit": ("quit, with the episode's summary", "에피소드 요약을 보고 끝내기"),
    "help reward": (
        "A reward belongs to the arrival in the next state, not to the state that one leaves.",
        "보상은 떠나는 상태가 아니라 다음 상태에 도착할 때 받습니다.",
    ),
}
"""The keys, in one line and at length."""

TABLES: tuple[dict[str, tuple[str, str]], ...] = (PANEL, ACTIONS, MESSAGES, ENDING, DIAGRAMS, HELP)


def speaker(lang: str) -> Say:
    """The function that says phrases in a language.

    Raises:
        ConfigError: another language than those of `mazefit.words`.
    """
    column = LANGUAGES.index(check_language(lang))
    phrases = {key: both[column] for table in TABLES for key, both in table.items()}

    def say(phrase: str, /, **values: object) -> str:
        return filled(phrases[phrase], values)

    return say
