package io.github.tfkfac.models.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.models.savedmodel.KerasLayerRow.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table of Keras layers is what the library does. */
@Tag("slow")
class KerasLayersTest {

  @TempDir Path folder;

  @Test
  void theDocumentSaysWhatHappens() throws IOException {
    KerasLayersTable table = KerasLayersTable.measure(folder, name -> true);
    assertThat(lines(table.markdown()))
        .as("docs/guide/keras-layers.md; KerasLayersTable.main writes it")
        .isEqualTo(lines(Files.readString(KerasLayersTable.DOCUMENT)));
    assertThat(table.rows()).hasSizeGreaterThanOrEqualTo(303);
    assertThat(table.with(Verdict.WRONG)).as("silently wrong").isZero();
    assertThat(table.with(Verdict.LOST)).as("a gradient silently missing").isZero();
    assertThat(table.with(Verdict.RAW)).as("a message of TensorFlow").isZero();
    assertThat(table.plainKernels()).as("kernels without preconditioning").isLessThanOrEqualTo(5);
  }

  /** The lines with their figures left out, which differ between machines. */
  private static List<String> lines(String text) {
    return text.replaceAll("\\d\\.\\de[-+]\\d\\d", "#").lines().toList();
  }
}
