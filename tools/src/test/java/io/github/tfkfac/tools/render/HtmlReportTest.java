package io.github.tfkfac.tools.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.render.HtmlReport.Code;
import io.github.tfkfac.tools.render.HtmlReport.Figure;
import io.github.tfkfac.tools.render.HtmlReport.Folded;
import io.github.tfkfac.tools.render.HtmlReport.Heading;
import io.github.tfkfac.tools.render.HtmlReport.Paragraph;
import io.github.tfkfac.tools.render.HtmlReport.TableSection;
import io.github.tfkfac.tools.render.Table.Column;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
  @Test
  void textIsEscaped() {
    String html = new HtmlReport("a < b & \"c\"", List.of(new Paragraph("<script>"))).html();

    assertThat(html)
        .contains("<title>a &lt; b &amp; &quot;c&quot;</title>")
        .contains("<p>&lt;script&gt;</p>")
        .doesNotContain("<script>");
  }

  @Test
  void tablesKeepTheirAlignment() {
    Table table =
        new Table(
            List.of(Column.text("name"), Column.number("loss")), List.of(List.of("x", "0.5")));

    assertThat(new HtmlReport("t", List.of(new TableSection(table))).html())
        .contains("<th>name</th><th class=\"right\">loss</th>")
        .contains("<td>x</td><td class=\"right\">0.5</td>");
  }

  @Test
  void linesToCopyStayAsTheyAreAndFoldedPartsHaveATitle() {
    String html =
        new HtmlReport("t", List.of(new Folded("more & more", List.of(new Code("a\n  b <c>")))))
            .html();

    assertThat(html)
        .contains("<details><summary>more &amp; more</summary>\n<pre>a\n  b &lt;c&gt;</pre>");
  }

  @Test
  void picturesLieInsideThePageAndNothingIsLoadedFromElsewhere() {
    byte[] png = {1, 2, 3, -4};
    String html =
        new HtmlReport("t", List.of(new Heading("Curves"), new Figure("loss", "Loss", png))).html();

    assertThat(html)
        .contains("<h2>Curves</h2>")
        .contains("data:image/png;base64," + Base64.getEncoder().encodeToString(png))
        .contains("alt=\"Loss\"")
        .doesNotContain("http")
        .doesNotContain("<link");
  }
}
