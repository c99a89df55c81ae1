package io.github.tfkfac.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiPagesTest {
  @TempDir Path folder;

  private List<String> write(String body) throws IOException {
    Path source = folder.resolve("lib/src/main/java/p/Sample.java");
    Files.createDirectories(source.resolveSibling("internal"));
    Files.writeString(source, "package p;\n/** A sample. */\n" + body);
    Files.writeString(source.resolveSibling("package-info.java"), "/** Samples. */\npackage p;\n");
    Files.writeString(
        source.resolveSibling("internal/Hidden.java"),
        "package p.internal;\npublic class Hidden {}\n");
    return ApiPages.write(ApiPages.sources(folder.resolve("lib")), "", folder.resolve("site/api"));
  }

  @Test
  void documentedTypesArePagesThatAreIndexed() throws IOException {
    assertThat(
            write(
                """
                public record Sample(int size) {
                  /** A limit. */
                  public static final int LIMIT = 3;
                  public Sample {
                    size = Math.min(size, LIMIT);
                  }
                  /** Twice a {@link Sample}. */
                  public int twice(int more) {
                    return 2 * size + more;
                  }
                }
                """))
        .isEmpty();

    Path site = folder.resolve("site");
    ApiIndex index = ApiIndex.read(site, "api");
    assertThat(index.page("Sample")).contains("api/p/Sample.html");
    assertThat(index.page("Hidden")).isEmpty();
    assertThat(index.entries()).extracting(ApiIndex.Entry::name).contains("twice(int)", "LIMIT");
    Files.writeString(site.resolve("index.html"), "");
    assertThat(LinkCheck.problems(site)).isEmpty();
  }

  @Test
  void whatLacksACommentOrNamesNothingIsToldWithItsLine() throws IOException {
    assertThat(
            write(
                """
                public final class Sample {
                  private Sample() {}

                  public static int silent() {
                    return 1;
                  }

                  /** See {@link Missing#thing}. */
                  public static void broken() {}
                }
                """))
        .hasSize(2)
        .anySatisfy(
            line -> assertThat(line).contains("Sample.java:6: no comment: public static int"))
        .anySatisfy(line -> assertThat(line).contains("Sample.java:10:", "reference not found"));
  }
}
