package io.github.tfkfac.detection.coco;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("data")
class ReferenceMasksTest {

  @Test
  void polygonsAndCrowdsGiveTheReferencesMasks() throws IOException {
    CocoDataset dataset =
        InstancesReader.read(
            RealData.folder("coco-tiny").resolve("annotations/instances_val2017.json"));
    Map<Long, CocoImage> images = dataset.imagesById();
    Path file = RealData.folder("coco-eval").resolve("mask_reference/coco_tiny_val2017_rle.json");
    JsonNode reference = JsonMapper.builder().build().readTree(file.toFile());
    Map<Long, Annotation> annotations =
        dataset.annotations().stream().collect(toMap(Annotation::id, Function.identity()));
    assertThat(reference).hasSize(382).hasSize(annotations.size());
    for (JsonNode expected : reference) {
      Annotation annotation = annotations.get(expected.get("id").asLong());
      CocoImage image = images.get(annotation.imageId());
      RunLengths mask = annotation.segmentation().orElseThrow().mask(image.height(), image.width());
      String code = expected.get("segmentation").get("counts").asText();
      JsonNode box = expected.get("bbox");
      assertThat(mask.encode()).as("annotation " + annotation.id()).isEqualTo(code);
      assertThat(RunLengths.decode(code, image.height(), image.width())).isEqualTo(mask);
      assertThat(mask.area()).isEqualTo(expected.get("area").asInt());
      assertThat(mask.tightBox())
          .isEqualTo(
              new CocoBox(
                  box.get(0).asDouble(),
                  box.get(1).asDouble(),
                  box.get(2).asDouble(),
                  box.get(3).asDouble()));
    }
  }
}
