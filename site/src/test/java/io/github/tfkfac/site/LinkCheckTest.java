package io.github.tfkfac.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinkCheckTest {
  @TempDir Path site;

  private void page(String name, String html) throws IOException {
    Path file = site.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, html);
  }

  @Test
  void linksThatLeadSomewhereAreAccepted() throws IOException {
    page(
        "index.html",
        """
        <h1 id="top">x</h1><a href="#top">a</a><a class="b" href="sub/b.html#m(int[],T)">b</a>
        <a href="sub/b.html#%3Cinit%3E()">c</a><a href="https://elsewhere.org/x">d</a>
        <img src="data:image/png;base64,AA=="><script>'<a href="none.html">'</script>
        """);
    page(
        "sub/b.html",
        "<p id=\"m(int[],T)\" name=\"&lt;init&gt;()\"><a href=\"../index.html?q=1#top\">x</a>");
    Files.writeString(site.resolve("search-index.js"), "const i = [[\"t\",\"sub/b.html\",\"\"]];");

    assertThat(LinkCheck.problems(site)).isEmpty();
  }

  @Test
  void linksThatLeadNowhereAreNamed() throws IOException {
    page(
        "index.html",
        """
        <a href="none.html">a</a> <a href="#none">b</a> <a href="../outside.html">c</a>
        <a href="sub">d</a> <script src="https://elsewhere.org/x.js"></script>
        """);
    page("sub/b.html", "<img alt=\"\" src=\"none.png\">");
    Files.writeString(
        site.resolve("search-index.js"), "const i = [[\"t\",\"sub/b.html#z\",\"\"]];");

    assertThat(LinkCheck.problems(site))
        .containsExactly(
            "index.html: expected a file of the site, found a link to ../outside.html",
            "index.html: expected a file of the site, found a link to none.html",
            "index.html: expected a file of the site, found a link to sub",
            "index.html: expected a place in index.html, found #none",
            "index.html: loads https://elsewhere.org/x.js from outside",
            "search-index.js: expected a place in sub/b.html, found #z",
            "sub/b.html: expected a file of the site, found a link to none.png");
  }
}
