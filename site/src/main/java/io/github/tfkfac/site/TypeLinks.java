package io.github.tfkfac.site;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.node.Code;
import org.commonmark.node.Node;
import org.commonmark.renderer.NodeRenderer;
import org.commonmark.renderer.html.HtmlNodeRendererContext;
import org.commonmark.renderer.html.HtmlWriter;

/** Renders names in a text, those of types as links to their Javadoc. */
final class TypeLinks implements NodeRenderer {
  private static final Pattern TYPE = Pattern.compile("@?([A-Z]\\w*)(?:[.(<#].*)?");

  private final HtmlWriter html;
  private final ApiIndex api;
  private final Path page;

  TypeLinks(HtmlNodeRendererContext context, ApiIndex api, Path page) {
    this.html = context.getWriter();
    this.api = api;
    this.page = page;
  }

  @Override
  public Set<Class<? extends Node>> getNodeTypes() {
    return Set.of(Code.class);
  }

  @Override
  public void render(Node node) {
    String name = ((Code) node).getLiteral();
    Matcher type = TYPE.matcher(name);
    Optional<String> target =
        Document.isPlainCode(node) && type.matches() ? api.page(type.group(1)) : Optional.empty();
    target.ifPresent(url -> html.tag("a", Map.of("href", Navigation.toRoot(page) + url)));
    html.tag("code");
    html.text(name);
    html.tag("/code");
    target.ifPresent(url -> html.tag("/a"));
  }
}
