// The self-check at the end of a chapter: choose an answer, and the page says whether it
// is right and why. Without JavaScript, and in print, the answers stand below, folded.
document.addEventListener("DOMContentLoaded", () => {
  const section = document.getElementById("self-check");
  const questions = section?.querySelectorAll(":scope > ol > li");
  const answers = section?.querySelectorAll("details > ol > li");
  if (!questions?.length || questions.length !== answers.length) return;

  questions.forEach((question, n) => {
    const options = question.querySelector("ul");
    const letter = answers[n].querySelector("strong").textContent.charAt(0);
    const fields = document.createElement("div");
    const prompt = document.createElement("div");
    const verdict = document.createElement("p");
    fields.className = "self-check";
    fields.setAttribute("role", "radiogroup");
    prompt.id = `self-check-question-${n + 1}`;
    fields.setAttribute("aria-labelledby", prompt.id);
    verdict.className = "self-check-verdict";
    verdict.setAttribute("role", "status");
    while (question.firstChild !== options) prompt.append(question.firstChild);
    question.prepend(prompt);
    for (const option of options.children) {
      const text = option.textContent.trim();
      const label = document.createElement("label");
      const input = document.createElement("input");
      input.type = "radio";
      input.name = `self-check-${n + 1}`;
      input.value = text.charAt(0);
      const content = option.querySelector("p") ?? option;
      const words = document.createElement("span");
      words.append(...content.childNodes); // with their letters: the answers below name them
      label.append(input, words);
      fields.append(label);
      input.addEventListener("change", () => judge(fields, verdict, input, letter, answers[n]));
    }
    fields.append(verdict);
    options.replaceWith(fields);
  });

  function judge(fields, verdict, input, letter, answer) {
    const right = input.value === letter;
    fields.dataset.verdict = right ? "right" : "wrong";
    const why = answer.cloneNode(true);
    why.querySelector("strong").remove();
    const parts = why.querySelector("p") ?? why;
    const word = document.createElement("strong");
    word.textContent = right ? "Right." : "Not quite. Try again.";
    verdict.replaceChildren(word);
    if (right) verdict.append(...parts.childNodes);
  }
});
