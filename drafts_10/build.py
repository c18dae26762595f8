import json, sys
exec(open("/tmp/c10/b/final.py").read())
exec(open("/tmp/c10/b/prose.py").read())
exec(open("/tmp/c10/b/ex.py").read())
cells=[]
def md(name, **meta):
    src=M[name].replace("SCULLEY","https://papers.nips.cc/paper_files/paper/2015/hash/86df7dcfd896fcaf2674f757a2463eba-Abstract.html")
    cells.append({"cell_type":"markdown","metadata":meta,"source":src})
def code(name, tags=None, src=None, **meta):
    if tags: meta["tags"]=tags
    cells.append({"cell_type":"code","metadata":meta,"source":src if src is not None else C[name],"outputs":[],"execution_count":None})
S=lambda t=None,**k: {"slide":({"text":t} if t else {})|k}
md("title",**S("One free week. Tests, a search, or a bigger engine?\n\nThe nightly pipeline has bugs of a quiet kind: nothing crashes."))
md("objectives"); code("setup",["setup"]); md("extra"); code("extra",["setup-extra"])
md("s1",**S("We plant 19 bugs and make 6 right changes, in 2013 and 2023, on two samples of the rows each. Which test fires?")); code("read"); md("steps"); code("steps"); md("serve"); code("steps2"); md("run"); code("run"); md("bugs"); code("helpers",["hide-input"]); code("planned"); code("unplanned2"); md("tests",**S("Smoke; four contracts (floor, ceiling, rows, parity); a battery of eleven; a snapshot of 300 answers.")); code("tests"); md("table"); code("loop"); code("table",**S("How many raise an alarm: of 11 planned bugs, 8 unplanned ones, 6 right changes.")); md("fig")
code("figure",["hide-input"],mystnb={"image":{"alt":ALT}},**S()); code("claims",["hide-input"],**S(join=True)); md("read1"); md("read2"); code("hours",**S("Hours for 100 changes: one hour for a review, forty for a bug that went live.")); md("read3")
md("s2",**S("A search promises a loss on two months, and delivers in the next two. Its rivals: a small untuned model, and more rows.")); code("windows"); md("search2"); code("search"); code("searchloop"); code("searchtable",**S("Gain in log loss over the default: promised, and delivered.")); code("searchclaim",["hide-input"],**S(join=True)); md("read4"); md("read5")
md("s3",**S("For each flight, the delay of the same aircraft's flight before: it may stand in last month's file.")); code("months"); md("frames"); code("frames"); code("pandas"); md("sql"); code("sql"); md("dask"); code("dask"); code("plumbing",["hide-input"]); code("compare",**S("Cells that differ from pandas with the whole year. A worker was killed on the way.")); code("engineclaim",["hide-input"],**S(join=True)); md("read6"); code("stored",**S("1, 10 and 100 times the rows: CPU seconds, wall seconds, peak GB. Measured by `make scale`.")); code("memclaim",["hide-input"]); md("read6b"); md("cost")
md("s4",**S("Kill the job in the middle of March, and start it again.")); code("job"); code("job2"); code("kill"); code("killclaim",["hide-input"],**S()); md("read7"); code("mlflow"); code("mlflow2"); md("read8"); code("box"); md("read9"); md("checklist",**S(show="list"))
def nb(grade,gid,locked,points=None,solution=False,task=False):
    d={"grade":grade,"grade_id":gid,"locked":locked,"schema_version":3,"solution":solution,"task":task}
    if points: d["points"]=points
    return dict(sorted(d.items()))
for k in (1,2,3):
    md(f"ex{k}"); e=E[k]
    code("",["starter"],e["starter"],nbgrader=nb(False,f"ex-10-{k}",False,solution=True))
    code("",["solution","hide-cell"],e["solution"],jupyter={"source_hidden":True})
    code("",["check"],e["check"],nbgrader=nb(True,f"ex-10-{k}-check",True,e["pts"][0]))
    code("",["hidden-check","remove-cell"],e["hidden"],jupyter={"source_hidden":True},nbgrader=nb(True,f"ex-10-{k}-hidden",True,e["pts"][1]))
md("open",nbgrader=nb(False,"ex-10-4-open",True,10,task=True)); md("rubric"); md("self",tags=["self-check"]); md("reading")
old=json.load(open("/work/c10/chapters/12_measuring.ipynb"))
for c in cells:
    c["source"]=c["source"].splitlines(True)
import nbformat
out={"cells":cells,"metadata":old["metadata"],"nbformat":old["nbformat"],"nbformat_minor":old["nbformat_minor"]}
for i,c in enumerate(cells): 
    if "id" in old["cells"][0]: c["id"]=f"c10-{i:03}"
nbformat.write(nbformat.from_dict(json.loads(json.dumps(out))),"/work/c10/chapters/10_training_pipeline.ipynb")
import re
k=next(i for i,c in enumerate(cells) if "## Exercises" in "".join(c["source"]))
print("words",sum(len("".join(c["source"]).split()) for c in cells[:k] if c["cell_type"]=="markdown"),"code",sum(c["cell_type"]=="code" for c in cells[:k]),"lines",sum(len(c["source"]) for c in cells[:k] if c["cell_type"]=="code"))
