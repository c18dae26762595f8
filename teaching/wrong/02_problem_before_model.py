"""Planted mistakes of chapter 2."""

from teaching.wrong import Wrong

WRONG = {
    "ex-2-1": [
        Wrong(
            "a threshold of one half",
            """
def policy_cost(late, probability, false_alarm, miss, hit):
    late, warn = np.asarray(late), np.asarray(probability) > 0.5
    warned = np.where(late == 1, hit, false_alarm)
    return np.where(warn, warned, miss * late).mean()
""",
            "One half is not the threshold",
        ),
        Wrong(
            "the costs are swapped in the threshold",
            """
def policy_cost(late, probability, false_alarm, miss, hit):
    late = np.asarray(late)
    warn = np.asarray(probability) > (miss - hit) / (false_alarm + miss - hit)
    warned = np.where(late == 1, hit, false_alarm)
    return np.where(warn, warned, miss * late).mean()
""",
            "Three flights are warned|One half is not",
        ),
        Wrong(
            "hits are free",
            """
def policy_cost(late, probability, false_alarm, miss, hit):
    late, probability = np.asarray(late), np.asarray(probability)
    warn = probability * hit + (1 - probability) * false_alarm < probability * miss
    return np.where(warn, false_alarm * (1 - late), miss * late).mean()
""",
            "A warned late flight costs",
        ),
        Wrong(
            "the price of a hit does not move the threshold",
            """
def policy_cost(late, probability, false_alarm, miss, hit):
    late = np.asarray(late)
    warn = np.asarray(probability) > false_alarm / (false_alarm + miss)
    warned = np.where(late == 1, hit, false_alarm)
    return np.where(warn, warned, miss * late).mean()
""",
            "moves the threshold",
        ),
        Wrong(
            "a formula that turns round when a hit costs more than a miss",
            """
def policy_cost(late, probability, false_alarm, miss, hit):
    late, probability = np.asarray(late), np.asarray(probability)
    warn = probability > false_alarm / (false_alarm + miss - hit)
    warned = np.where(late == 1, hit, false_alarm)
    return np.where(warn, warned, miss * late).mean()
""",
            "never warn",
        ),
        Wrong(
            "warns on a tie",
            """
def policy_cost(late, probability, false_alarm, miss, hit):
    late, probability = np.asarray(late), np.asarray(probability)
    warn = probability * hit + (1 - probability) * false_alarm <= probability * miss
    warned = np.where(late == 1, hit, false_alarm)
    return np.where(warn, warned, miss * late).mean()
""",
            "stay silent",
        ),
    ],
    "ex-2-2": [
        Wrong(
            "never warning is the only opponent",
            """
def value_curve(late, score, past_late, past_score, ratios):
    late, score = np.asarray(late), np.asarray(score)
    past_late, past_score = np.asarray(past_late), np.asarray(past_score)
    shares = []
    for ratio in ratios:
        past = [cost(past_late, past_score > q, ratio).mean() for q in GRID]
        spent = cost(late, score > GRID[np.argmin(past)], ratio).mean()
        shares.append(1 - spent / (ratio * late.mean()))
    return np.array(shares)
""",
            "always warning is the better constant",
        ),
        Wrong(
            "the threshold is chosen on the new rows",
            """
def value_curve(late, score, past_late, past_score, ratios):
    late, score = np.asarray(late), np.asarray(score)
    shares = []
    for ratio in ratios:
        spent = min(cost(late, score > q, ratio).mean() for q in GRID)
        shares.append(1 - spent / min(ratio * late.mean(), 1 - late.mean()))
    return np.array(shares)
""",
            "Choose the threshold on the past",
        ),
        Wrong(
            "the threshold of the costs, as if scores were probabilities",
            """
def value_curve(late, score, past_late, past_score, ratios):
    late, score = np.asarray(late), np.asarray(score)
    shares = []
    for ratio in ratios:
        spent = cost(late, score > mlsd.threshold(1, ratio), ratio).mean()
        shares.append(1 - spent / min(ratio * late.mean(), 1 - late.mean()))
    return np.array(shares)
""",
            "The past separates|Choose the threshold on the past|need not be",
        ),
        Wrong(
            "one threshold for all ratios",
            """
def value_curve(late, score, past_late, past_score, ratios):
    late, score = np.asarray(late), np.asarray(score)
    past_late, past_score = np.asarray(past_late), np.asarray(past_score)
    past = [cost(past_late, past_score > q, ratios[0]).mean() for q in GRID]
    warn = score > GRID[np.argmin(past)]
    best = [min(r * late.mean(), 1 - late.mean()) for r in ratios]
    return 1 - np.array([cost(late, warn, r).mean() for r in ratios]) / best
""",
            "Each ratio has a threshold of its own",
        ),
    ],
    "ex-2-3": [
        Wrong(
            "never alerting is the only rival",
            """
def worth_range(hits, misses, false_alarms, left_alone):
    if not hits:
        raise ValueError("No hits.")
    return false_alarms / hits, np.inf
""",
            "there is an upper end",
        ),
        Wrong(
            "the misses are counted as caught",
            """
def worth_range(hits, misses, false_alarms, left_alone):
    lowest = false_alarms / (hits + misses)
    highest = left_alone / misses if misses else np.inf
    if lowest > highest:
        raise ValueError("No such ratio.")
    return lowest, highest
""",
            "Never alerting misses",
        ),
        Wrong(
            "always alerting is charged with no false alarms of its own",
            """
def worth_range(hits, misses, false_alarms, left_alone):
    lowest = false_alarms / hits if hits else np.inf
    highest = (false_alarms + left_alone) / misses if misses else np.inf
    if lowest > highest or not hits:
        raise ValueError("No such ratio.")
    return lowest, highest
""",
            "silence pays for the misses",
        ),
        Wrong(
            "no error for an empty range",
            """
def worth_range(hits, misses, false_alarms, left_alone):
    highest = left_alone / misses if misses else np.inf
    return false_alarms / hits, highest
""",
            "no such ratio",
        ),
        Wrong(
            "without hits the range seems endless",
            """
def worth_range(hits, misses, false_alarms, left_alone):
    lowest = false_alarms / hits if hits else 0
    highest = left_alone / misses if misses else np.inf
    if lowest > highest:
        raise ValueError("No such ratio.")
    return lowest, highest
""",
            "Without a single hit",
        ),
        Wrong(
            "a range of one ratio is refused",
            """
def worth_range(hits, misses, false_alarms, left_alone):
    lowest = false_alarms / hits if hits else np.inf
    highest = left_alone / misses if misses else np.inf
    if lowest >= highest:
        raise ValueError("No such ratio.")
    return lowest, highest
""",
            "At no cost ratio|No such ratio|ValueError",
        ),
    ],
}
