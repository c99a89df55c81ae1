package io.github.tfkfac.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages of this repository's documents, without Javadoc. */
class SiteTest {
  private static final int FEWEST_PAGES = 40;

  @TempDir static Path site;

  @BeforeAll
  static void make() throws IOException {
    assertThat(Site.documents(Path.of("..").toRealPath(), site)).isEmpty();
  }

  @Test
  void everyDocumentHasAPageThatTheNavigationNames() throws IOException {
    String home = Files.readString(site.resolve("index.html"));

    assertThat(home)
        .contains("<h2>Guide</h2>", "<a href=\"docs/guide/damping.html\">Damping</a>")
        .contains("<a aria-current=\"page\" href=\"index.html\">tf-kfac</a>")
        .doesNotContain("api/index.html");
    assertThat(Pattern.compile("<li><a").matcher(home).results().count())
        .isGreaterThanOrEqualTo(FEWEST_PAGES);
    assertThat(site.resolve("docs/guide/periods.html"))
        .content()
        .contains("<body data-root=\"../../\">", "href=\"../../docs/guide/damping.html\"");
  }

  @Test
  void picturesReportsAndSourcesComeAlong() throws IOException {
    assertThat(site.resolve("docs/compare-cifar10/report.html"))
        .hasSameBinaryContentAs(Path.of("../docs/compare-cifar10/report.html"));
    assertThat(site.resolve("docs/compare-cifar10/curves.png")).exists();
    assertThat(site.resolve("examples/src/main/java/example/DropIn.java.html"))
        .content()
        .contains("List&lt;", "<title>DropIn.java</title>");
  }

  @Test
  void theSearchKnowsEveryPassage() throws IOException {
    assertThat(site.resolve("search-index.js"))
        .content()
        .startsWith("const searchIndex = [[")
        .contains("[\"Damping\",\"docs/guide/damping.html\",\"The damping λ is added")
        .contains("\"Contributing: Adding an option\",\"CONTRIBUTING.html#adding-an-option\"");
    assertThat(site.resolve("search.js")).exists();
  }
}
