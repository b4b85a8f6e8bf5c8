// What Furo's pages lack for who uses no mouse, or does not see them.

addEventListener("DOMContentLoaded", () => {
  for (const [part, label] of [
    [".sidebar-drawer", "All pages"],
    [".toc-drawer", "This page"],
  ])
    document.querySelector(part)?.setAttribute("aria-label", label);

  // What is scrolled by itself must be reached with the keyboard; the rest would only be in the way.
  const wide = () => {
    for (const element of document.querySelectorAll("article pre, .output, .table-wrapper")) {
      const isScrolled =
        element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight;
      if (isScrolled) element.tabIndex = 0;
      else element.removeAttribute("tabindex");
    }
  };
  wide();
  addEventListener("resize", wide);
});
