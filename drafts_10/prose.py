M = {}
M["title"] = """# 10. The training pipeline

The model that says "late or not?" is trained every night now, by a script that joins tables, fills gaps, fits and publishes. A lead has one free week. One colleague wants to write tests. One wants to search for better settings. One wants a bigger engine, before the data outgrow the machine. Each says that the week is best spent on theirs.

A *training pipeline* is that script: all steps from raw tables to a model that answers. It is software, so it has bugs. They are of a quiet kind: nothing crashes, and the answers look like answers. We plant 19 of them and count which test finds which. Then we measure what a search and a bigger engine would have brought instead, and what a night leaves behind that dies half-way."""
M["objectives"] = """## What you will be able to do

- Place eleven tests in a pipeline, and say which bug each finds and which none finds.
- Measure a test suite on bugs that it was not written for, and on changes that are right.
- Report a search by what its winner delivers later, beside more rows and a small model.
- Choose between a loop over files, an SQL engine and a cluster by memory, time and equal answers.
- Make a job that can be killed at any moment and started again.
- Fetch a model by its alias, and say which data, code and settings made it.

*Time to read: 35 minutes, without the folded cells. Time to run: under a minute. You need: chapter 7.*"""
M["extra"] = """This chapter needs an SQL engine, a cluster and a store of runs. The next cell installs what is missing. A browser cannot run them, so there those cells are skipped."""
M["s1"] = """## Which test finds which bug?

We take 3 % of the flights from January to October, of 2013 and of 2023, each year twice with another draw. January to August is for training, September and October for the test. The weather is the observed one; it stands in for a forecast."""
M["steps"] = """Three tables become one; names become numbers, gaps the median, and numbers are scaled. What is learned on the way (codes, medians, scales) must travel to whoever serves the model."""
M["serve"] = """Serving is a second program. Another team wrote it, without data frames, and it must do the same to each request."""
M["run"] = """Every step has a name, so that a bug is one step replaced."""
M["bugs"] = """Eleven bugs come first: they were on the list when the tests were written. Then eight that we wrote down afterwards, before any run, and six changes that are *right*. The same hand wrote bugs and tests, so even the eight are no fair sample of yours. The helpers are folded."""
M["tests"] = """Now the tests. A *smoke test* asks whether the thing runs and gives probabilities. Four more look at what passes between two parts, so we call them *contracts*:

- *floor*: the AUC is not below that of a table of late rates by hour, which would need no model;
- *ceiling*: it is not above 0.8. No model of this book that knows only timetable and weather comes near, so more is a leak until shown otherwise;
- *rows*: the join neither loses nor doubles flights, and half of them reach training;
- *parity*: the trainer's code and the server's give 300 flights the same score.

Six more are cheap: training ends before the test begins; features are on a list; two fits are equal; more rain means more delay; the mean forecast is within half of the past rate; and 300 rows can be learned nearly by heart (an AUC of 0.75, halfway from guessing to perfect).

The strongest cheap rival of them all needs no thought: a *snapshot*. Store the answers to 300 requests, and raise an alarm if one moves by more than 0.01."""
M["table"] = """Each run also answers the requests of September and October as the app sends them. *Harm* is the log loss of these answers, less that of the clean pipeline."""
M["read1"] = """The clean pipeline raises no alarm. The smoke test finds nothing at all: all 19 bugs run, and all give probabilities. The four contracts find 7 or 8 of the 11 planned bugs, and 4 of the 8 others.

The battery of eleven tests finds 11 of 11, in three samples of four. *That number is worth little.* It was built around these bugs. (In the fourth sample it finds 10: among its 300 flights no gap needed filling.) On bugs that it was not designed for it finds 6 of 8, in every sample. Two slip through: the weather of five hours earlier or later, and a label made from the departure. In both, training and serving share the error.

The snapshot finds everything, and cannot tell a bug from an improvement: all six right changes set it off, in every sample. A looser limit does not help. The linear model, a legitimate change, moves the answers by 0.065 on average; three of the eight bugs move them less."""
M["fig"] = """Read a row of the figure from left to right. The number in brackets is the harm, a mean over the four samples."""
M["read2"] = """Look at the harm, too. *Classes balanced* costs 0.18: the model ranks as well as before, and its probabilities are twice too high. Only the test of the mean sees it. *Distance holds a late rate* costs more than 2: a column on the list of allowed features carries the answer. The weather that is five hours off costs nothing that we can measure. (*Test rows in training* seems to gain. It has seen the answers.)

**Which policy for changes?** Say that a second reader needs one hour and finds every bug, and that a bug that goes live costs forty. The shares caught are those of the eight unplanned bugs."""
M["read3"] = """With 2 bugs in 100 changes, never checking costs 80 hours, reading every change 100, the four contracts 41 and the battery 34. With 1 in 100 the contracts are cheapest (20). With 10 it pays to read every change. The snapshot costs what reading everything costs, since that is what it makes you do.

*On Monday:* write the four contracts, and a test of the mean forecast. Keep the snapshot as a list for the reviewer, not as a gate. Then add one test for each incident, and never quote how many of its own bugs a suite finds."""
M["s2"] = """## Is a search worth its budget?

The second colleague wants to search. A *search* fits many settings and takes the one with the smallest loss on two months that training has not seen. What it promises is that loss. What it delivers shows in the two months after. We do this at four dates a year. The next cells name the windows and the settings."""
M["search2"] = """The search draws six settings at random. It has two cheap rivals. *Small* is the library's default with 40 trees instead of 100; nobody tuned it. The other is the same small model with *four times the rows*. All others train on 2,500 rows."""
M["read4"] = """First row: in 2013 the small model promises a log loss 0.037 below the default's and delivers 0.043 (day interval 0.037 to 0.050). Most of the gain over the default was free. The search adds to it: over eight windows it delivers 0.016 more than the small model on the same rows (0.009 to 0.022).

It keeps its promise. A winner is chosen for its luck, too, so we expected it to deliver less than it promised. The shortfall is 0.002, and its interval (-0.004 to 0.008) holds zero. Our reading: the six settings differ by more than the luck of two months.

But four times the rows, with nothing searched, bring the same: the difference is 0.000 (-0.004 to 0.004). Eight windows of two years are no independent draws, so take these intervals for the narrowest that are fair. With more rows to begin with, less is left to gain.

And the bugs? The last line counts them in the same unit."""
M["read5"] = """*On Monday:* before a search, train a small model, and the same on all rows that you have. Then search a little, by date, and write down what was promised; two months later, look."""
M["s3"] = """## Does the pipeline need a bigger engine?

The third colleague fears the day on which the tables no longer fit. We take a job that is hard to cut: drop flights that never arrived, join the weather, find for each flight the delay of *the same aircraft's flight before*, and count by month and carrier. The previous flight may stand in last month's file. (By timetable, not by what was known when: chapter 11.)"""
M["frames"] = """pandas can take the whole year at once, or a month at a time. The loop must remember one thing from month to month: each aircraft's last flight."""
M["sql"] = """DuckDB is an SQL engine inside the Python process. It reads the same files, and puts on disk what does not fit in its memory limit."""
M["dask"] = """Dask spreads functions over worker processes, here two on this machine. We kill one of them when it holds some of the months. The script runs as a child, and ends with the notebook."""
M["read6"] = """Not one of 740 and 660 cells differs between whole year, loop, DuckDB and (in 2013) Dask. The killed worker took months with it that nobody else had; Dask computed them again.

The rows below them are the two classic mistakes. A loop that carries nothing over gets 166 and 151 cells wrong, and each of them looks plausible. Two cells depend on *ties*: one aircraft is listed for two flights in one minute, and an order without a tie-breaker leaves the choice to the engine.

How do they grow? That needs more memory than a page may have. `make scale` copies both years 1, 10 and 100 times with shifted dates, runs each engine in a process of its own, and stops it at 12 GB."""
M["cost"] = """> **Field story.** In 2015 McSherry, Isard and Murray looked at the systems for big data that had been published at two leading conferences. They asked for each: which hardware does it need to beat one competent thread? They named the answer [COST](https://www.usenix.org/conference/hotos15/workshop-program/presentation/mcsherry), the configuration that outperforms a single thread. Often it was hundreds of cores; some systems never beat one thread in any configuration that had been reported. Our loop over files plays the single thread."""
M["s4"] = """## What is left of a night that dies?

The nightly job reads four months. After each it trains ten more trees and keeps the model (a *checkpoint*). We kill it in the middle of March. Two rules make that harmless. A step that is done is not done again, so repeating it changes nothing (it is *idempotent*). And a file gets its name when it is whole. Beside it the same job appends its rows to a table, as jobs do."""
M["read7"] = """The first night made five steps. The second made the three that were missing, and the model gives the same answers as one that was never disturbed. The table that was appended to has 63,966 rows too many, and would not have said so.

Half a year later somebody asks which data made this model. A *tracking store* holds it: settings, a checksum of the data, one of the code, the metric, the model. We use MLflow with a small database in one file. It would report its use to its makers; two variables turn that off, and the first line shows it."""
M["read8"] = """An *alias* is a name that points to a version: serving asks for `late@champion`, and a rollback is one line. The model comes back with identical answers, and its record says what made it.

**More than one machine for one model.** Four facts to compute before anybody rents a second one."""
M["read9"] = """Sixteen bits lose small steps: 100,000 steps of 0.0001 add up to 0.25, not 10, so [mixed precision](https://arxiv.org/abs/1710.03740) keeps a copy of the weights in 32. Workers that wait for the slowest take 1.8 times the mean step. If they do not wait, gradients are old: at the same rate 16 steps of age make the weight explode. And 128 machines with 128 rows each leave 15 steps in one pass instead of 1,953, so the [learning rate must change](https://arxiv.org/abs/1802.09941), too.

> **If the model is a large language model,** all of this is the daily bread. Training all of 7 billion weights takes 16 bytes for each (weight, gradient, two averages, in 32 bits): 112 GB. Thin adapters next to frozen weights of half a byte take 3.8 GB. The tests stay: parity of tokenizer and prompt template between training and serving, a floor (the untrained model), a ceiling (the test is in the training text), a snapshot of answers, which cries at every change."""
M["checklist"] = """## Checklist

Paste this into your design document.

- Does one command with one configuration make the model from raw data?
- Which test finds a join that loses rows, a feature that knows the answer, a server that scales differently?
- Are the AUC's floor and ceiling set from a rule without a model and from what is believable?
- Is each request compared between trainer and server, one at a time?
- How many bugs does the suite find that it was not written for? How many right changes does it stop?
- Who reviews a changed snapshot, and how is it renewed?
- What did the last search promise, and what did it deliver two months later?
- What would the untuned model do with all the rows?
- At how many rows does the present engine drop out, measured in a process with a memory limit?
- Is the order of every window total, and what does a loop carry from file to file?
- What happens if the job is killed now, and started again?
- From a served answer, can you name data, code, settings and metric of its model?"""
M["ex1"] = """## Exercises

Each exercise has a starting point, a folded solution, and checks. Write your code in the starting point, run it, skip the solution and run the checks.

### Exercise 10.1: parity, one request at a time

Write `disagreements(trained, served, requests)`. `trained` and `served` are functions that take a data frame and return one score for each row. `trained` gets all requests at once. `served` gets them as it does in life: one at a time, each a frame of one row, and never a frame that somebody else has changed. Return how many requests differ by more than 0.000001. A score that is missing on one side differs; missing on both sides does not."""
M["ex2"] = """### Exercise 10.2: means without the whole table

Write `mean_delay(chunks)`. `chunks` is an iterator over data frames with the columns `carrier` and `arr_delay`. Return a Series: for each carrier, sorted, the mean of all its delays. Flights without a delay do not count. A carrier may be absent from a chunk. The iterator can be read once, and no more than one chunk may be kept."""
M["ex3"] = """### Exercise 10.3: successive halving, counted in rows

*Successive halving* tries many settings on few rows, keeps the better half, and gives that more rows, until one is left. Write `halving(n_trials, budget)`: a list of pairs (trials, rows for each of them), one for each round, for `n_trials` a power of two. The rounds, that of the last one included, share the budget of rows equally. Round down; never go beyond the budget."""
M["open"] = """### Exercise 10.4: an open design question

A bank's nightly pipeline has a snapshot of 2,000 scores. It has raised an alarm on 58 of the last 60 nights, because every night has new data. Nobody looks any more. Design what replaces it: what is compared with what, how the limit is set, who looks at what in which time, how the reference is renewed, and how you measure after a quarter whether the rule is worth its hours. One page."""
M["rubric"] = """<details><summary>What a strong answer contains</summary>

A weak answer raises the limit until it is quiet. A good one separates what may change from what may not.

- *Two comparisons.* Same data, new code: the scores must be equal, or the change says why not. Same code, new data: they may move, and how far they usually move is known from 60 nights.
- *Frozen inputs.* The code is compared on a frozen training set, so that the alarm means code.
- *The limit* comes from the history of nights without a code change, for example the largest shift in 60 of them, by segment and not for the mean alone; its false alarms are counted.
- *Contracts before it.* Row counts, parity, floor, ceiling and mean stop what needs no judgement.
- *Review.* A named person, a deadline, and a table of the 20 scores that moved most, with their inputs. The reviewer accepts or reverts. Accepting renews the reference, with a name and a reason.
- *Planted bugs.* Somebody who did not write the rule plants some each month; the share found and the hours are reported beside the alarms at right changes.
- *What it cannot see.* Errors that training and serving share; those need an outside source.

An excellent answer computes hours for 100 changes as the chapter does, and says at which share of bugs the rule stops paying.

</details>"""
M["self"] = """## Self-check

Five questions, without running anything. One answer to each is right.

1. A team reports that its tests find 40 of the 40 bugs in its list of incidents. What do you learn about the next bug?

   - a) it will be found, with a probability near one
   - b) little, since each test was written after its bug
   - c) that the tests are redundant

2. The weather table is shifted by five hours, in training and in serving. Which test finds it?

   - a) parity between trainer and server
   - b) the floor, since the AUC falls
   - c) none of ours; the source must be compared with another

3. The winner of a search has a validation loss 0.016 below that of the untuned model. What do you report?

   - a) 0.016, with an interval over the validation rows
   - b) what it gains in later months, beside the untuned model with more rows
   - c) nothing, since searches never deliver

4. A loop over monthly files gives other sums than the engine, in a few groups of each month. Where do you look first?

   - a) at what should have been carried over the edge of a file
   - b) at floating-point rounding
   - c) at the engine, since pandas is the reference

5. A job was killed while it wrote a file, and is started again. Which design is safe?

   - a) append, and count the rows in the morning
   - b) write under another name, rename when it is whole, skip what exists
   - c) write in place, and start over if the file is missing

<details><summary>Answers</summary>

1. **b.** On bugs that it was not designed for, our battery found 6 of 8 where it had found 11 of 11 of its own. The list says what was repaired, not what comes.
2. **c.** Training and serving share the error, so they agree, and the model adapts to the shifted hours: the AUC did not fall. Only another source of the weather shows it.
3. **b.** The validation months chose the winner, so they cannot judge it alone. In our windows the untuned model with four times the rows gained as much.
4. **a.** A window that looks back across the edge of a file loses its first rows there. It left more than 150 cells wrong, all of them plausible.
5. **b.** A half-written file never has the final name, so the restart does that step again and no other. An append repeats rows, and a check for existence alone trusts half a file.

</details>"""
M["reading"] = """## Further reading

- E. Breck and others, [The ML Test Score](https://doi.org/10.1109/bigdata.2017.8258038), 2017. 28 tests with points for each; compare your pipeline with it.
- D. Sculley and others, [Hidden technical debt in machine learning systems](SCULLEY), 2015. Why the model is the smallest box in the drawing.
- J. Bergstra and Y. Bengio, [Random search for hyper-parameter optimization](https://jmlr.org/papers/v13/bergstra12a.html), 2012. Why random settings beat a grid of the same size.
- F. McSherry, M. Isard and D. G. Murray, [Scalability! But at what COST?](https://www.usenix.org/conference/hotos15/workshop-program/presentation/mcsherry), 2015. The question to ask of every cluster.
- L. Kuiper, M. Raasveldt and H. Mühleisen, [Efficient external sorting in DuckDB](https://ceur-ws.org/Vol-3163/BICOD21_paper_9.pdf), 2021. How an engine goes on when memory ends.
- T. Ben-Nun and T. Hoefler, [Demystifying parallel and distributed deep learning](https://arxiv.org/abs/1802.09941), 2018. Batches, stale gradients and stragglers, with the arithmetic."""
ALT = "TODO"
M["read6b"] = "TODO"
