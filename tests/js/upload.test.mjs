// What is said of a file before it is sent, on the way, and of the answer.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const { refusal, under, answer } = createRequire(import.meta.url)("../../assets/upload.js");

test("one file of 1 byte to 5 MB is sent", () => {
  assert.equal(refusal([{ size: 1 }]), "");
  assert.equal(refusal([{ size: 5000000 }]), "");
  assert.equal(refusal([{ size: 5000001 }]), "The file must have at most 5,000,000 bytes (5 MB). Got 5,000,001.");
  assert.equal(refusal([{ size: 0 }]), "The file is empty.");
  assert.match(refusal([]), /One file/);
  assert.match(refusal([{ size: 1 }, { size: 1 }]), /One file/);
});

test("progress is told until all is sent, then it is read", () => {
  assert.equal(under(0, 200), "Sending, 0 %");
  assert.equal(under(199, 200), "Sending, 99 %");
  assert.equal(under(200, 200), "Reading");
});

test("an answer is the data or a sentence, whoever gave it", () => {
  assert.deepEqual(answer(200, '{"data": "data.kind=table"}'), { data: "data.kind=table" });
  assert.deepEqual(answer(200, '{"error": "Line 17 has 5 values."}'), { error: "Line 17 has 5 values." });
  assert.deepEqual(answer(413, '{"error": "Too large."}'), { error: "Too large." });
  assert.match(answer(413, "<html>").error, /larger than the server takes/);
  for (const text of ["", "<html>", "null", "[]", '{"data": 5}', '{"error": {}}']) {
    assert.match(answer(200, text).error, /does not answer/);
    assert.match(answer(502, text).error, /does not answer/);
  }
  assert.match(answer(500, '{"data": "data.kind=table"}').error, /does not answer/);
});
