package io.github.tfkfac.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.tfkfac.site.Document.Passage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentTest {
  private static final ApiIndex API =
      new ApiIndex(
          List.of(
              new ApiIndex.Entry("Kfac", "io.x", "api/io/x/Kfac.html"),
              new ApiIndex.Entry("Kfac", "io.x.other", "api/io/x/other/Kfac.html"),
              new ApiIndex.Entry("Twin", "io.a", "api/io/a/Twin.html"),
              new ApiIndex.Entry("Twin", "io.b", "api/io/b/Twin.html"),
              new ApiIndex.Entry("Layers()", "io.x.Kfac", "api/io/x/Kfac.html#Layers()")));

  @TempDir Path root;

  private String html(String markdown) {
    return Document.of(Path.of("docs/guide/page.md"), markdown).html(new LinkedFiles(root), API);
  }

  @Test
  void linksLeadToPages() {
    assertThat(
            html("[a](other.md) [b](../../README.md#two-words) [c](#here) [d](https://x.y/z.md)"))
        .contains("href=\"other.html\"", "href=\"../../index.html#two-words\"")
        .contains("href=\"#here\"", "href=\"https://x.y/z.md\"");
  }

  @Test
  void linkedSourcesAreShownAndOtherFilesCopied() throws IOException {
    Files.createDirectories(root.resolve("docs/guide"));
    Files.writeString(root.resolve("docs/guide/A.java"), "class A {}");
    Files.writeString(root.resolve("docs/a.png"), "");
    LinkedFiles linked = new LinkedFiles(root);

    String html =
        Document.of(Path.of("docs/guide/page.md"), "[a](A.java) ![b](../a.png) [c](none.csv)")
            .html(linked, API);

    assertThat(html).contains("href=\"A.java.html\"", "src=\"../a.png\"", "href=\"none.csv\"");
    assertThat(linked.shown()).containsExactly(Path.of("docs/guide/A.java"));
    assertThat(linked.copied()).containsExactly(Path.of("docs/a.png"));
  }

  @Test
  void namesOfTypesLeadToTheirJavadoc() {
    String link = "<a href=\"../../api/io/x/Kfac.html\"><code>";
    assertThat(html("`Kfac`")).contains(link + "Kfac</code></a>");
    assertThat(html("`Kfac.layers()`")).contains(link + "Kfac.layers()</code></a>");
    assertThat(html("`Kfactor` `kfac` `Twin` [`Kfac`](x.md) `Layers()`"))
        .doesNotContain("api/")
        .contains("<code>Twin</code>");
    assertThat(html("# `Kfac`\n")).doesNotContain("api/");
  }

  @Test
  void headingsHavePlacesAndPassagesTheirText() {
    String markdown =
        "# The *page*\n\nFirst `x`.\n\n## Two words\n\n| a | b |\n|---|---|\n| c | d |\n";
    Document document = Document.of(Path.of("page.md"), markdown);

    assertThat(document.title()).isEqualTo("The page");
    assertThat(html(markdown)).contains("<h2 id=\"two-words\">Two words</h2>", "<table>");
    assertThat(document.passages())
        .extracting(Passage::title, Passage::anchor)
        .containsExactly(tuple("The page", "the-page"), tuple("Two words", "two-words"));
    assertThat(document.passages().get(0).text()).contains("First").contains("x");
    assertThat(document.passages().get(1).text()).contains("c").contains("d");
  }
}
