package io.github.tfkfac.site;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Index that the pages' search reads as a script, since browsers let files load no other data. */
final class SearchIndex {

  private SearchIndex() {}

  /** Writes the index of all passages and of the Javadoc's names, and the script that reads it. */
  static void write(List<Document> documents, ApiIndex api, Path out) throws IOException {
    List<List<String>> entries = new ArrayList<>();
    for (Document document : documents) {
      for (Document.Passage passage : document.passages()) {
        boolean whole = passage.title().equals(document.title());
        entries.add(
            List.of(
                whole ? passage.title() : document.title() + ": " + passage.title(),
                document.page() + (whole ? "" : "#" + passage.anchor()),
                passage.text()));
      }
    }
    for (ApiIndex.Entry entry : api.entries()) {
      entries.add(List.of(entry.name(), entry.url(), entry.where()));
    }
    Files.writeString(
        out.resolve("search-index.js"),
        "const searchIndex = " + new ObjectMapper().writeValueAsString(entries) + ";\n");
    Files.writeString(out.resolve("search.js"), Navigation.resource("search.js"));
  }
}
