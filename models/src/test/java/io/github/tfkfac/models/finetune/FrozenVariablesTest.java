package io.github.tfkfac.models.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.NamePattern;
import io.github.tfkfac.VariableFilter;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.ModelArchive;
import io.github.tfkfac.models.savedmodel.SavedModelException;
import io.github.tfkfac.models.savedmodel.SavedModelFile;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of Keras whose layers {@code base} and {@code bn} are frozen. */
class FrozenVariablesTest {

  @TempDir Path folder;
  private LoadedModel model;

  @BeforeEach
  void open() {
    Path path = ModelArchive.unpack("variables/export_frozen", folder);
    model = LoadedModel.open(path, SavedModelFile.DEFAULT_SIGNATURE);
  }

  @AfterEach
  void close() {
    model.close();
  }

  private VariableFilter trained(String... patterns) {
    return FrozenVariables.trained(model, Stream.of(patterns).map(NamePattern::new).toList());
  }

  @Test
  void patternsMatchTheModelsOwnNames() {
    VariableFilter trained = trained("shared/*", "top/bias");
    assertThat(
            List.of("shared/kernel", "shared/bias", "top/bias", "base/kernel").stream()
                .filter(trained::accepts))
        .isEmpty();
    assertThat(
            List.of("top/kernel", "inner/one/kernel", "one/kernel", "new_head").stream()
                .allMatch(trained::accepts))
        .isTrue();
    assertThat(trained.reason("shared/bias")).isEqualTo("frozen by 'shared/*'");
    assertThat(trained.reason("base/kernel")).isEqualTo("frozen in the model");
  }

  @Test
  void whatIsFrozenInTheModelMayBeFrozenOnceMore() {
    assertThat(trained("base/*").accepts("base/kernel")).isFalse();
  }

  @Test
  void aPatternThatMatchesNothingIsAnsweredWithTheNames() {
    assertThatThrownBy(() -> trained("base/kernel_1"))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("a trainable variable that matches 'base/kernel_1'")
        .hasMessageContaining("shared/kernel, shared/bias")
        .hasMessageContaining("top/kernel, top/bias]")
        .message()
        .doesNotContain("base/kernel,");
  }
}
