package io.github.tfkfac.models.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of signatures that do more than compute, and of those that cannot be opened. */
class SignatureEffectsTest {

  private static final String ONE_MODE =
      "the model was saved in one mode, which training uses too: ";

  @TempDir Path folder;

  private LoadedModel open(String name) {
    return LoadedModel.open(ModelArchive.unpack(name, folder), SavedModelFile.DEFAULT_SIGNATURE);
  }

  @Test
  void normalizationsOfManyOperationsAreCounted() {
    try (LoadedModel model = open("normalizations")) {
      ModeReport modes = model.modes();
      assertThat(modes.inferenceNormalizations()).hasSize(2);
      assertThat(modes.draws()).isEmpty();
      assertThat(modes.updated()).isEmpty();
      assertThat(modes.statement())
          .isEqualTo(
              ONE_MODE
                  + "any dropout passes everything, 2 batch normalizations keep their moving"
                  + " statistics, 0 use those of the batch");
    }
  }

  @Test
  void aNormalizationThatIsUpdatedUsesTheBatch() {
    try (LoadedModel model = open("active_normalization")) {
      ModeReport modes = model.modes();
      assertThat(modes.trainingNormalizations()).hasSize(1);
      assertThat(modes.inferenceNormalizations()).hasSize(1);
      assertThat(modes.updated()).hasSize(2);
      assertThat(modes.statement())
          .contains("1 batch normalization keeps its moving statistics, 1 uses those of the batch")
          .contains("; its signature changes 'batch_normalization")
          .endsWith(" in every run, and so do training steps");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "active_dropout, dropout",
    "random_erasing, random_erasing",
    "augmentation, random_brightness"
  })
  void drawsAreNamed(String name, String layer) {
    try (LoadedModel model = open(name)) {
      assertThat(model.modes().draws()).anyMatch(draw -> draw.contains(layer));
      assertThat(model.modes().updated()).isNotEmpty();
      assertThat(model.modes().statement())
          .startsWith(ONE_MODE + "it draws random numbers in every run ('")
          .contains("; its signature changes '")
          .doesNotContain("passes everything");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"own_gradients", "normalizations"})
  void signaturesThatOnlyComputeHaveNoEffects(String name) {
    try (LoadedModel model = open(name)) {
      assertThat(model.signature().effects()).isEqualTo(SignatureEffects.NONE);
      assertThat(model.stateUpdates(model.signature())).isEmpty();
    }
  }

  @Test
  void compiledCodeOfTheJaxBackendIsRejected() {
    assertThatThrownBy(() -> open("jax_backend"))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining(
            "signature 'serving_default': expected layers made of TensorFlow's operations")
        .hasMessageContaining("XlaCallModule")
        .hasMessageContaining("JAX backend")
        .hasMessageEndingWith(
            "export the model with Keras' TensorFlow backend (KERAS_BACKEND=tensorflow)");
  }

  @Test
  void aLoopIsRejectedWithItsLayer() {
    assertThatThrownBy(() -> open("recurrent"))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("While '")
        .hasMessageContaining("/memory");
  }
}
