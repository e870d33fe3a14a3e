Reveal.initialize({
  width: 1120,
  height: 700,
  margin: 0.05,
  center: false,
  hash: true,
  slideNumber: "c/t",
  transition: "none",
  backgroundTransition: "none",
  keyboardCondition: null,
});
