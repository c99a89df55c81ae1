package io.github.tfkfac.tools.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SuggestionsTest {
  private static final List<String> OPTIMIZERS = List.of("sgd", "kfac", "nkfac", "ada-nkfac");

  @Test
  void theNearestNameHasTheFewestEdits() {
    assertThat(Suggestions.nearest("nkfca", OPTIMIZERS)).contains("nkfac");
    assertThat(Suggestions.nearest("SGD", OPTIMIZERS)).contains("sgd");
  }

  @Test
  void aFarNameSuggestsNothing() {
    assertThat(Suggestions.nearest("momentum", OPTIMIZERS)).isEmpty();
    assertThat(Suggestions.nearest("x", List.of())).isEmpty();
  }

  @Test
  void amongEquallyNearNamesTheFirstInTheAlphabetIsTaken() {
    assertThat(Suggestions.nearest("bat", List.of("cat", "bar", "hat"))).contains("bar");
  }

  @Test
  void distanceCountsInsertionsDeletionsAndSubstitutions() {
    assertThat(Suggestions.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(Suggestions.distance("", "abc")).isEqualTo(3);
    assertThat(Suggestions.distance("abc", "")).isEqualTo(3);
  }

  @Test
  void theMessageNamesTheGuessAndTheKnownNames() {
    assertThat(Suggestions.unknown("optimizer", "kfak", OPTIMIZERS))
        .isEqualTo(
            "unknown optimizer 'kfak'; did you mean 'kfac'? known: ada-nkfac, kfac, nkfac, sgd");
    assertThat(Suggestions.unknown("optimizer", "rmsprop", List.of("sgd", "kfac")))
        .isEqualTo("unknown optimizer 'rmsprop'; known: kfac, sgd");
  }
}
