"""Planted mistakes of chapter 9."""

from teaching.wrong import Wrong

WRONG = {
    "ex-9-1": [
        Wrong(
            "every row is its own unit",
            """
def cluster_z(r, inside, unit):
    a, b = r[inside], r[~inside]
    error = np.sqrt(a.var() / len(a) + b.var() / len(b))
    return (a.mean() - b.mean()) / error
""",
            "must be added up first",
        ),
        Wrong(
            "no contrast: the slice is compared with zero",
            """
def cluster_z(r, inside, unit):
    codes = np.unique(unit, return_inverse=True)[1]
    mean = r[inside].mean()
    pull = np.bincount(codes[inside], r[inside] - mean) / inside.sum()
    return mean / np.sqrt((pull**2).sum())
""",
            "compare the slice with the rest",
        ),
        Wrong(
            "the sign is lost",
            """
def cluster_z(r, inside, unit):
    codes = np.unique(unit, return_inverse=True)[1]
    a, b = r[inside].mean(), r[~inside].mean()
    share = np.where(inside, 1 / inside.sum(), -1 / (~inside).sum())
    pull = np.bincount(codes, share * (r - np.where(inside, a, b)))
    return abs(a - b) / np.sqrt((pull**2).sum())
""",
            "Keep the sign",
        ),
        Wrong(
            "the pull of the rest is forgotten",
            """
def cluster_z(r, inside, unit):
    codes = np.unique(unit, return_inverse=True)[1]
    a, b = r[inside].mean(), r[~inside].mean()
    pull = np.bincount(codes, np.where(inside, r - a, 0) / inside.sum())
    return (a - b) / np.sqrt((pull**2).sum())
""",
            "repeat the chapter's z",
        ),
        Wrong(
            "units are used as numbers",
            """
def cluster_z(r, inside, unit):
    a, b = r[inside].mean(), r[~inside].mean()
    share = np.where(inside, 1 / inside.sum(), -1 / (~inside).sum())
    pull = np.bincount(unit, share * (r - np.where(inside, a, b)))
    return (a - b) / np.sqrt((pull**2).sum())
""",
            "Cannot cast array data",
        ),
    ],
    "ex-9-2": [
        Wrong(
            "raw contrasts",
            """
def shrunken(contrast, error):
    return np.asarray(contrast, float)
""",
            "three quarters",
        ),
        Wrong(
            "errors are not squared",
            """
def shrunken(contrast, error):
    contrast, error = np.asarray(contrast, float), np.asarray(error, float)
    variance = max(0.0, np.mean(contrast**2 - error**2))
    return contrast * variance / (variance + error)
""",
            "three quarters",
        ),
        Wrong(
            "a variance below zero",
            """
def shrunken(contrast, error):
    contrast, error = np.asarray(contrast, float), np.asarray(error, float)
    variance = np.mean(contrast**2 - error**2)
    return contrast * variance / (variance + error**2)
""",
            "No variance beyond luck",
        ),
        Wrong(
            "one factor for all slices",
            """
def shrunken(contrast, error):
    contrast, error = np.asarray(contrast, float), np.asarray(error, float)
    variance = max(0.0, np.mean(contrast**2 - error**2))
    return contrast * variance / (variance + np.mean(error**2))
""",
            "Shrink uncertain contrasts more",
        ),
        Wrong(
            "a variance for each slice",
            """
def shrunken(contrast, error):
    contrast, error = np.asarray(contrast, float), np.asarray(error, float)
    variance = np.maximum(0.0, contrast**2 - error**2)
    return contrast * variance / np.maximum(variance + error**2, 1e-12)
""",
            "One variance for all slices",
        ),
        Wrong(
            "zero over zero",
            """
def shrunken(contrast, error):
    contrast, error = np.asarray(contrast, float), np.asarray(error, float)
    variance = max(0.0, np.mean(contrast**2 - error**2))
    with np.errstate(invalid="ignore"):
        return contrast * variance / (variance + error**2)
""",
            "Zero over zero",
        ),
    ],
    "ex-9-3": [
        Wrong(
            "one mean over all columns",
            """
def parity(train, test, floor):
    return abs(test.mean() - train.mean()) / max(train.std(), floor)
""",
            "A shift down is a shift|deviations of the training column",
        ),
        Wrong(
            "the sign is kept",
            """
def parity(train, test, floor):
    shift = test.mean(axis=0) - train.mean(axis=0)
    return (shift / np.maximum(train.std(axis=0), floor)).max()
""",
            "A shift down is a shift",
        ),
        Wrong(
            "deviations of the test set",
            """
def parity(train, test, floor):
    shift = np.abs(test.mean(axis=0) - train.mean(axis=0))
    return (shift / np.maximum(test.std(axis=0), floor)).max()
""",
            "deviations of the training column",
        ),
        Wrong(
            "constant columns are skipped",
            """
def parity(train, test, floor):
    moves = train.std(axis=0) > 0
    shift = np.abs(test.mean(axis=0) - train.mean(axis=0))[moves]
    return (shift / np.maximum(train.std(axis=0)[moves], floor)).max()
""",
            "divided by the floor",
        ),
        Wrong(
            "the floor is added",
            """
def parity(train, test, floor):
    shift = np.abs(test.mean(axis=0) - train.mean(axis=0))
    return (shift / (train.std(axis=0) + floor)).max()
""",
            "A shift down is a shift",
        ),
        Wrong(
            "the mean over columns",
            """
def parity(train, test, floor):
    shift = np.abs(test.mean(axis=0) - train.mean(axis=0))
    return (shift / np.maximum(train.std(axis=0), floor)).mean()
""",
            "A shift down is a shift|the largest shift decides",
        ),
    ],
}
