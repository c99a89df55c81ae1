package io.github.tfkfac.tools.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocalParentTest {

  @Test
  void theLineAsItWasTypedHasNoAddressesOfItsWorkers() {
    List<String> typed = List.of("train", "--local-workers=2", "--name", "--workers");
    List<String> ofWorker = new ArrayList<>(typed);
    ofWorker.addAll(List.of(LocalWorkers.ADDED, "127.0.0.1:1,127.0.0.1:2", "--worker", "0"));
    ofWorker.add("--threads=1");

    assertThat(new LocalParent(2).typed(ofWorker)).isEqualTo(typed);
  }
}
