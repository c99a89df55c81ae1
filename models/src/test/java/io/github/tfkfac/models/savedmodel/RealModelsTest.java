package io.github.tfkfac.models.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.graph.LayerScanner;
import io.github.tfkfac.graph.LayerSite;
import io.github.tfkfac.graph.TrainableVariables;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

@Tag("data")
class RealModelsTest {

  private static final double SAME_OUTPUT = 1e-5;
  private static final double SAME_FORMULA = 1e-6;

  @ParameterizedTest
  @EnumSource
  void aPlainGraphComputesWhatTensorFlowComputed(RealModel real) {
    try (LoadedModel model = real.open();
        Session session = new Session(model.graph());
        TFloat32 images = real.images()) {
      model.restore(session);
      assertThat(Outputs.of(session, model, real, images))
          .usingComparatorWithPrecision(SAME_OUTPUT)
          .containsExactly(real.expected());
    }
  }

  @ParameterizedTest
  @EnumSource
  void theScannerFindsEveryLayer(RealModel real) {
    try (LoadedModel model = real.open()) {
      LayerScanner.Scan scan =
          LayerScanner.scan(
              TrainableVariables.find(
                  model.graph(),
                  List.of(model.output(real.output)),
                  model.trainableFilter(),
                  List.of()),
              List.of(model.output(real.output)),
              name -> true);
      assertThat(scan.sites())
          .as("%s", scan.report())
          .hasSize(real.denseLayers + real.convolutions);
      assertThat(scan.sites().stream().filter(site -> site instanceof LayerSite.Dense))
          .hasSize(real.denseLayers);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"half_plus_two_tf1.14", "half_plus_two_tf2.14"})
  void halfPlusTwoIsHalfPlusTwo(String folder) {
    try (LoadedModel model = LoadedModel.open(RealModel.path(folder), "serving_default");
        Session session = new Session(model.graph())) {
      model.restore(session);
      for (float x : new float[] {1, 2, 5}) {
        Shape shape = folder.endsWith("tf2.14") ? Shape.of(1) : Shape.of(1, 1);
        try (TFloat32 input =
                TFloat32.tensorOf(
                    shape, data -> data.setFloat(x, new long[shape.numDimensions()]));
            Result result =
                session.runner().feed(model.input("x"), input).fetch(model.output("y")).run()) {
          TFloat32 y = (TFloat32) result.get(0);
          assertThat((double) y.streamOfObjects().findFirst().orElseThrow())
              .isEqualTo(0.5 * x + 2, within(SAME_FORMULA));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void variablesAreToldApartByTheirPurpose(RealModel real) {
    SavedModelFile file = SavedModelFile.read(real.path());
    assertThat(
            file.variables().stream()
                .collect(Collectors.groupingBy(SavedVariable::kind, Collectors.counting())))
        .as("%s", file.variables())
        .containsExactlyInAnyOrderEntriesOf(real.kinds());
  }
}
