package io.github.tfkfac.tools.render;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A page in one file: style and pictures are inside, nothing is loaded from elsewhere.
 *
 * @param title heading of the page
 * @param sections from top to bottom
 */
public record HtmlReport(String title, List<Section> sections) {
  private static final String STYLE =
      """
      body { font: 16px/1.5 system-ui, sans-serif; color: #1c1e21; background: #fff;
        max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
      h1 { font-size: 1.7rem; } h2 { font-size: 1.25rem; margin-top: 2rem; }
      .wide { overflow-x: auto; }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
      th, td { padding: .3rem .8rem; border-bottom: 1px solid #d8dbe0; text-align: left; }
      th { border-bottom: 2px solid #8a9099; } tbody tr:hover { background: #f4f6f8; }
      .right { text-align: right; } td.right { white-space: nowrap; }
      figure { margin: 1rem 0; } img { max-width: 100%; height: auto; }
      figcaption { color: #5a6068; font-size: .9rem; }
      pre { background: #f4f6f8; padding: .6rem .8rem; white-space: pre-wrap; }
      details { margin: 1rem 0; } summary { cursor: pointer; color: #0b57a0; }
      """;

  /** One part of a page. */
  public sealed interface Section {}

  /**
   * A heading.
   *
   * @param text plain text
   */
  public record Heading(String text) implements Section {}

  /**
   * A paragraph.
   *
   * @param text plain text
   */
  public record Paragraph(String text) implements Section {}

  /**
   * A table.
   *
   * @param table its cells
   */
  public record TableSection(Table table) implements Section {}

  /**
   * Lines to be copied, as they are.
   *
   * @param text plain text
   */
  public record Code(String text) implements Section {}

  /**
   * Sections that are hidden until a reader opens them.
   *
   * @param title of what is hidden
   * @param sections from top to bottom
   */
  public record Folded(String title, List<Section> sections) implements Section {
    public Folded {
      sections = List.copyOf(sections);
    }
  }

  /** A picture; compared by identity, since its bytes are. */
  public static final class Figure implements Section {
    private final String name;
    private final String caption;
    private final byte[] png;

    /**
     * A PNG picture.
     *
     * @param name of its file, without ending
     * @param caption the text below it, which also describes it to those who cannot see it
     */
    public Figure(String name, String caption, byte[] png) {
      this.name = name;
      this.caption = caption;
      this.png = png.clone();
    }

    /** Drawings, at most two in a row. */
    public static Figure of(String name, String caption, List<? extends Drawing> drawings) {
      return new Figure(name, caption, PlotRenderer.png(drawings));
    }
  }

  /** A table below a heading. */
  public static List<Section> titled(String heading, Table table) {
    return List.of(new Heading(heading), new TableSection(table));
  }

  public HtmlReport {
    sections = List.copyOf(sections);
  }

  /** Writes {@code report.html} and its pictures, replacing earlier ones; returns the page. */
  public Path write(Path folder) throws IOException {
    for (Section section : sections) {
      if (section instanceof Figure figure) {
        Files.write(folder.resolve(figure.name + ".png"), figure.png);
      }
    }
    return Files.writeString(folder.resolve("report.html"), html());
  }

  /** The whole page. */
  public String html() {
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>%s</title>
    <style>
    %s</style>
    </head>
    <body>
    <h1>%s</h1>
    %s
    </body>
    </html>
    """
        .formatted(escape(title), STYLE, escape(title), html(sections));
  }

  private static String html(List<Section> sections) {
    return sections.stream().map(HtmlReport::html).collect(Collectors.joining("\n"));
  }

  private static String html(Section section) {
    if (section instanceof Heading heading) {
      return "<h2>" + escape(heading.text()) + "</h2>";
    }
    if (section instanceof Paragraph paragraph) {
      return "<p>" + escape(paragraph.text()) + "</p>";
    }
    if (section instanceof TableSection table) {
      return html(table.table());
    }
    if (section instanceof Code code) {
      return "<pre>" + escape(code.text()) + "</pre>";
    }
    if (section instanceof Folded folded) {
      return "<details><summary>%s</summary>\n%s\n</details>"
          .formatted(escape(folded.title()), html(folded.sections()));
    }
    Figure figure = (Figure) section;
    String caption = escape(figure.caption);
    String data = Base64.getEncoder().encodeToString(figure.png);
    return ("<figure><img alt=\"%s\" src=\"data:image/png;base64,%s\">"
            + "<figcaption>%s</figcaption></figure>")
        .formatted(caption, data, caption);
  }

  private static String html(Table table) {
    String header =
        table.columns().stream()
            .map(column -> cell("th", column, column.header()))
            .collect(Collectors.joining());
    StringBuilder body = new StringBuilder();
    for (List<String> row : table.rows()) {
      body.append("<tr>");
      for (int i = 0; i < row.size(); i++) {
        body.append(cell("td", table.columns().get(i), row.get(i)));
      }
      body.append("</tr>\n");
    }
    return "<div class=\"wide\"><table>\n<thead><tr>%s</tr></thead>\n<tbody>\n%s</tbody></table></div>"
        .formatted(header, body);
  }

  private static String cell(String tag, Table.Column column, String text) {
    String attributes =
        column.align() == Table.Align.LEFT
            ? ""
            : " class=\"" + column.align().name().toLowerCase(Locale.ROOT) + "\"";
    return "<" + tag + attributes + ">" + escape(text) + "</" + tag + ">";
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
