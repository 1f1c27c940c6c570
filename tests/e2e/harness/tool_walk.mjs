// A walk over every tool of Zoho Meeting against the fake Zoho's first organisation, fresh from its
// seed: lists give the ids for the rest, and what is created is read, changed and deleted.
import assert from 'node:assert/strict';

// Fields that only the seed's own shape would tell: how much of it there is.
const SEED = { departments: 60, users: 1200, meetings: 400, webinars: 24 };

const DAY_MS = 24 * 3600 * 1000;

// As the mesh names them: strings, whatever Zoho writes.
const ID = /(id|ids|key|keys)$/i;
const HIDDEN = ['startLink', 'pwd', 'encryptPwd', 'encryptPassword', 'accessCode', 'meetingEmbedUrl'];

// More than any list of this organisation needs at the limits that the steps ask for.
const MOST_PAGES = 60;

// Asserts what holds of every value in every answer.
function checkValue(name, value, place) {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) checkValue(name, item, `${place}[${i}]`);
  } else if (value !== null && typeof value === 'object') {
    for (const [key, member] of Object.entries(value)) checkValue(key, member, `${place}.${key}`);
  } else {
    if (ID.test(name) || name === 'presenter') assert.notEqual(typeof value, 'number', `${place} is a number`);
    if (typeof value === 'number') assert.ok(Math.abs(value) <= Number.MAX_SAFE_INTEGER, `${place}: ${value}`);
    if (HIDDEN.includes(name)) assert.equal(value, '[redacted]', place);
    if (name.endsWith('Rfc3339')) assert.match(value, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/, place);
  }
}

const distinct = (rows, key) => {
  const ids = rows.map((row) => row[key]);
  assert.ok(ids.every((id) => typeof id === 'string' && id !== ''), `${key}: ${ids.slice(0, 3)}`);
  assert.equal(new Set(ids).size, ids.length, `${key} comes twice`);
  return ids;
};

// What the steps find, for those that follow: `department`, `user`, `meeting`, `webinar` …
export class Walk {
  // `send(tool, args)` resolves to {value} or {error}, its text. `now` is the fake Zoho's.
  constructor(send, now) {
    this.send = send;
    this.now = now;
    this.known = {};
    this.answers = [];
    this.called = new Set();
  }

  async call(tool, args = {}) {
    const { value, error } = await this.answer(tool, args);
    assert.equal(error, undefined, `${tool} ${JSON.stringify(args)}`);
    checkValue('', value, tool);
    return value;
  }

  // The text of a call that must fail, with this reason.
  async refusal(reason, tool, args) {
    const { value, error } = await this.answer(tool, args);
    assert.ok(error, `${tool} ${JSON.stringify(args)}: ${JSON.stringify(value)}`);
    assert.ok(error.startsWith(`${reason}: `), `${tool}: ${error}`);
    return error;
  }

  async answer(tool, args) {
    const answer = await this.send(tool, args);
    this.called.add(tool);
    this.answers.push({ tool, args, ...answer });
    return answer;
  }

  // Calls the step's own tool.
  own(args) {
    return this.call(this.tool, args);
  }

  // All rows of the step's own list, by its cursors.
  async rows(args = {}) {
    const rows = [];
    let cursor;
    for (let pages = 0; pages < MOST_PAGES; ++pages) {
      const page = await this.own(cursor === undefined ? args : { ...args, next_cursor: cursor });
      assert.ok(Array.isArray(page.results), this.tool);
      if (args.limit) assert.ok(page.results.length <= args.limit, this.tool);
      rows.push(...page.results);
      cursor = page.next_cursor;
      if (cursor === undefined) {
        if (page.total !== undefined) assert.equal(rows.length, page.total, `${this.tool}: total`);
        return rows;
      }
    }
    return assert.fail(`${this.tool}: next_cursor never ends`);
  }

  // Deletes by the step's own tool, after which neither it nor `get` knows the id any more.
  async remove(id, { args = {}, get, from }) {
    assert.deepEqual(await this.own({ id, ...args }), { deleted: true, id });
    for (const tool of [this.tool, ...(get ? [get] : [])]) {
      assert.match(await this.refusal('ZOHO_OBJECT_NOT_FOUND', tool, { id, ...args }), new RegExp(from));
    }
  }

  // Takes every step, of which `listed` must name exactly the tools.
  async run(listed) {
    assert.deepEqual(Object.keys(STEPS).filter((name) => !listed.includes(name)), [], 'steps without a tool');
    assert.deepEqual(listed.filter((name) => !(name in STEPS)), [], 'tools without a step');
    for (const [name, step] of Object.entries(STEPS)) {
      this.tool = name;
      this.called.delete(name);
      await step(this);
      assert.ok(this.called.has(name), `the step of ${name} does not call it`);
    }
    return this.answers;
  }
}

const session = (topic) => ({
  topic, agenda: 'Why, what, who.', start_time: '2031-07-01 15:00', timezone: 'Europe/Berlin', duration: 45,
  participants: ['one@example.com', 'two@example.com'],
});

function checkPlanned(made, topic, presenter) {
  assert.match(made.meetingKey, /^\d{9,10}$/);
  assert.equal(made.topic, topic);
  assert.equal(made.agenda, 'Why, what, who.');
  assert.equal(made.duration, 45 * 60_000);
  assert.equal(made.startTimeRfc3339, '2031-07-01T15:00:00+02:00');
  if (presenter) assert.equal(made.presenter, presenter.zuid);
}

// Past, coming and all ones, in lists that are told apart by `listtype`.
async function listSessions(w, count) {
  const all = await w.rows({ listtype: 'all', limit: 60 });
  assert.equal(distinct(all, 'meetingKey').length, count);
  const coming = await w.rows({ limit: 100 });
  const past = await w.rows({ listtype: 'past', limit: 100, fields: 'meetingKey,topic,startTimeRfc3339,endTimeRfc3339' });
  assert.ok(coming.length > 0 && past.length > 0);
  for (const row of coming) assert.ok(new Date(row.endTimeRfc3339) > w.now, row.endTimeRfc3339);
  for (const row of past) {
    assert.ok(new Date(row.endTimeRfc3339) <= w.now, row.endTimeRfc3339);
    assert.deepEqual(Object.keys(row).sort(), ['endTimeRfc3339', 'meetingKey', 'startTimeRfc3339', 'topic']);
  }
  assert.equal(coming.length + past.length, count);
  return past[0];
}

const STEPS = {
  list_all_zoho_meeting_me: async (w) => {
    const { results: [me, ...others] } = await w.own();
    assert.equal(others.length, 0);
    assert.match(me.zuid, /^\d+$/);
    assert.match(me.zsoid, /^\d+$/);
    assert.equal(me.isAdmin, true);
    assert.match(me.primaryEmail, /@/);
  },
  list_all_zoho_meeting_licenses: async (w) => {
    const { results: [licence] } = await w.own();
    assert.equal(licence.licenseType, 'PAID');
    assert.match(licence.meetingAddon.noOfLicenseLeft, /^\d+$/);
  },
  list_all_zoho_meeting_languages: async (w) => {
    const languages = await w.rows();
    assert.ok(languages.some((row) => row.languageCode === 'de' && row.displayName === 'Deutsch'));
  },
  list_all_zoho_meeting_time_zones: async (w) => {
    assert.ok((await w.rows()).some((row) => row.timeZoneId === 'Europe/Berlin'));
  },

  list_all_zoho_meeting_departments: async (w) => {
    const rows = await w.rows({ limit: 25 });
    assert.equal(distinct(rows, 'departmentId').length, SEED.departments);
    w.known.department = rows.find((row) => row.departmentName === 'Sales');
    assert.match(w.known.department.departmentId, /^\d{18}$/);
  },
  get_single_zoho_meeting_department_by_id: async (w) => {
    const { departmentId: id, departmentName } = w.known.department;
    const department = await w.own({ id });
    assert.equal(department.departmentName, departmentName);
    assert.ok(department.adminUserIds.length > 0 && department.memberUserIds.length > 0);
    w.known.department = department;
    assert.match(await w.refusal('ZOHO_OBJECT_NOT_FOUND', w.tool, { id: '1' }), /list_all_zoho_meeting_departments/);
  },
  zoho_meeting_departments_get_by_name: async (w) => {
    const { departmentId } = await w.own({ department_name: 'Sales' });
    assert.equal(departmentId, w.known.department.departmentId);
    assert.match(await w.refusal('ZOHO_OBJECT_NOT_FOUND', w.tool, { department_name: 'Cats' }),
      /list_all_zoho_meeting_departments/);
  },
  list_all_zoho_meeting_department_users: async (w) => {
    const { departmentId: department_id, adminUserIds, memberUserIds } = w.known.department;
    const rows = await w.rows({ department_id, limit: 7 });
    assert.deepEqual(distinct(rows, 'userId').sort(), [...adminUserIds, ...memberUserIds].sort());
  },
  list_all_zoho_meeting_department_admins: async (w) => {
    const { departmentId: department_id, adminUserIds } = w.known.department;
    assert.deepEqual(distinct(await w.rows({ department_id }), 'userId'), adminUserIds);
  },
  list_all_zoho_meeting_department_members: async (w) => {
    const { departmentId: department_id, memberUserIds } = w.known.department;
    assert.deepEqual(distinct(await w.rows({ department_id, limit: 10 }), 'userId'), memberUserIds);
  },
  list_all_zoho_meeting_users: async (w) => {
    const rows = await w.rows({ limit: 150 });
    assert.equal(distinct(rows, 'userId').length, SEED.users);
    w.known.user = rows[2];
    assert.equal(w.known.user.fullName, 'Sarah Jenkins');
    assert.match(w.known.user.userId, /^\d{18}$/);
  },
  get_single_zoho_meeting_user_by_id: async (w) => {
    assert.deepEqual(await w.own({ id: w.known.user.userId }), w.known.user);
  },

  list_all_zoho_meeting_meetings: async (w) => {
    w.known.meeting = await listSessions(w, SEED.meetings);
  },
  get_single_zoho_meeting_meeting_by_id: async (w) => {
    const meeting = await w.own({ id: w.known.meeting.meetingKey });
    for (const [name, value] of Object.entries(w.known.meeting)) assert.equal(meeting[name], value, name);
    assert.equal(meeting.isPastSession, true);
    assert.equal(typeof meeting.agenda, 'string');
  },
  list_all_zoho_meeting_meeting_participants: async (w) => {
    const rows = await w.rows({ meeting_key: w.known.meeting.meetingKey, limit: 3 });
    distinct(rows, 'memberId');
    assert.ok(rows.length >= 3);
    assert.equal(rows[0].role, 'presenter');
    assert.ok(rows.every((row) => new Date(row.leaveTimeRfc3339) > new Date(row.joinTimeRfc3339)));
  },
  create_a_zoho_meeting_meeting: async (w) => {
    const made = await w.own({ ...session('Walk'), presenter: w.known.user.emailId });
    checkPlanned(made, 'Walk', w.known.user);
    assert.deepEqual(made.participants.map(({ email }) => email), ['one@example.com', 'two@example.com']);
    w.known.made = made;
  },
  update_a_zoho_meeting_meeting_by_id: async (w) => {
    const id = w.known.made.meetingKey;
    const changed = await w.own({ id, topic: 'Walked', start_time: '2031-07-02T16:00:00+02:00', timezone: 'Europe/Berlin' });
    const read = await w.call('get_single_zoho_meeting_meeting_by_id', { id });
    for (const meeting of [changed, read]) {
      assert.equal(meeting.topic, 'Walked');
      assert.equal(meeting.startTimeRfc3339, '2031-07-02T16:00:00+02:00');
      assert.equal(meeting.agenda, w.known.made.agenda);
      assert.equal(meeting.duration, w.known.made.duration);
      assert.equal(meeting.presenter, w.known.user.zuid);
    }
  },
  delete_a_zoho_meeting_meeting_by_id: (w) => w.remove(w.known.made.meetingKey, {
    get: 'get_single_zoho_meeting_meeting_by_id', from: 'list_all_zoho_meeting_meetings' }),

  list_all_zoho_meeting_webinars: async (w) => {
    w.known.webinar = await listSessions(w, SEED.webinars);
  },
  get_single_zoho_meeting_webinar_by_id: async (w) => {
    const webinar = await w.own({ id: w.known.webinar.meetingKey });
    for (const [name, value] of Object.entries(w.known.webinar)) assert.equal(webinar[name], value, name);
    assert.ok(webinar.registrationCount > 0);
  },
  create_a_zoho_meeting_webinar: async (w) => {
    const made = await w.own(session('Seminar'));
    checkPlanned(made, 'Seminar');
    w.known.made = made;
  },
  update_a_zoho_meeting_webinar_by_id: async (w) => {
    const id = w.known.made.meetingKey;
    const changed = await w.own({ id, agenda: 'Questions.', duration: 60 });
    const read = await w.call('get_single_zoho_meeting_webinar_by_id', { id });
    for (const webinar of [changed, read]) {
      assert.equal(webinar.agenda, 'Questions.');
      assert.equal(webinar.duration, 3_600_000);
      assert.equal(webinar.topic, 'Seminar');
    }
  },
  create_a_zoho_meeting_webinar_registration: async (w) => {
    const args = { webinar_key: w.known.made.meetingKey, email: 'ada@example.com', first_name: 'Ada', send_mail: false };
    const made = await w.own({ ...args, last_name: 'Lovelace' });
    assert.equal(made.successCount, 1);
    assert.match(made.registrant[0].joinLink, /registerKey=/);
    assert.equal((await w.own(args)).failedCount, 1);
  },
  list_all_zoho_meeting_webinar_registrations: async (w) => {
    const [ada, ...others] = await w.rows({ webinar_key: w.known.made.meetingKey });
    assert.equal(others.length, 0);
    assert.equal(ada.userName, 'Ada Lovelace');
    const approved = await w.rows({ webinar_key: w.known.webinar.meetingKey, limit: 12 });
    const denied = await w.rows({ webinar_key: w.known.webinar.meetingKey, status: 2 });
    w.known.registered = distinct(approved, 'registerId');
    distinct(denied, 'registerId');
    assert.ok(approved.every((row) => row.approvalStatus === 'APPROVED'));
    assert.ok(denied.every((row) => row.approvalStatus === 'DENIED'));
  },
  list_all_zoho_meeting_webinar_attendees: async (w) => {
    const rows = await w.rows({ webinar_key: w.known.webinar.meetingKey, limit: 11 });
    w.known.attended = distinct(rows, 'registerId');
    assert.ok(rows.length > 5);
    assert.ok(w.known.attended.every((id) => w.known.registered.includes(id)));
    assert.ok(rows.every((row) => new Date(row.leaveTimeRfc3339) > new Date(row.joinTimeRfc3339)));
  },
  list_all_zoho_meeting_webinar_attendee_reports: async (w) => {
    const rows = await w.rows({ webinar_key: w.known.webinar.meetingKey, limit: 9 });
    assert.deepEqual(distinct(rows, 'registerId'), w.known.attended);
  },
  list_all_zoho_meeting_webinar_poll_reports: async (w) => {
    const webinar_key = w.known.webinar.meetingKey;
    const all = await w.rows({ webinar_key, limit: 2 });
    assert.equal(distinct(all, 'pollId').length, 3);
    const [stars, ...others] = await w.rows({ webinar_key, category: 1 });
    assert.equal(others.length, 0);
    assert.equal(stars.type, '1');
    w.known.polls = all.map(({ pollId }) => pollId);
  },
  list_all_zoho_meeting_webinar_question_reports: async (w) => {
    const rows = await w.rows({ webinar_key: w.known.webinar.meetingKey, limit: 4 });
    distinct(rows, 'questionId');
    assert.ok(rows.length > 0 && rows.every((row) => typeof row.isAnswered === 'boolean'));
  },
  list_all_zoho_meeting_webinar_polls: async (w) => {
    const rows = await w.rows({ webinar_key: w.known.webinar.meetingKey, limit: 2 });
    assert.deepEqual(distinct(rows, 'pollId'), w.known.polls);
  },
  create_a_zoho_meeting_webinar_poll: async (w) => {
    const poll = await w.own({ webinar_key: w.known.made.meetingKey, question: 'How?', category: 2, options: ['Well', 'Badly'] });
    assert.equal(poll.question, 'How?');
    assert.equal(poll.type, '2');
    assert.deepEqual(poll.pollOption.map(({ text }) => text), ['Well', 'Badly']);
    w.known.poll = poll;
  },
  update_a_zoho_meeting_webinar_poll_by_id: async (w) => {
    const webinar_key = w.known.made.meetingKey;
    const changed = await w.own({ id: w.known.poll.pollId, webinar_key, question: 'Why?' });
    const { results } = await w.call('list_all_zoho_meeting_webinar_polls', { webinar_key });
    for (const poll of [changed, results.find(({ pollId }) => pollId === changed.pollId)]) {
      assert.equal(poll.question, 'Why?');
      assert.deepEqual(poll.pollOption, w.known.poll.pollOption);
    }
  },
  delete_a_zoho_meeting_webinar_poll_by_id: (w) => w.remove(w.known.poll.pollId, {
    args: { webinar_key: w.known.made.meetingKey }, from: 'list_all_zoho_meeting_webinar_polls' }),
  delete_a_zoho_meeting_webinar_by_id: (w) => w.remove(w.known.made.meetingKey, {
    get: 'get_single_zoho_meeting_webinar_by_id', from: 'list_all_zoho_meeting_webinars' }),

  list_all_zoho_meeting_recordings: async (w) => {
    const rows = await w.rows({ limit: 20 });
    distinct(rows, 'erecordingId');
    w.known.recording = rows.find((row) => row.isTranscriptGenerated);
    assert.match(w.known.recording.erecordingId, /^[0-9a-f]{64}$/);
  },
  list_all_zoho_meeting_meeting_recordings: async (w) => {
    const { erecordingId, meetingKey, webinarKey } = w.known.recording;
    const rows = await w.rows({ meeting_key: meetingKey ?? webinarKey });
    assert.ok(distinct(rows, 'erecordingId').includes(erecordingId));
    assert.match(rows[0].startTimeRfc3339, /^\d{4}-/);
  },
  zoho_meeting_recordings_download: async (w) => {
    const { transcriptionDownloadUrl, summaryDownloadUrl, downloadUrl, topic } = w.known.recording;
    const transcript = await w.own({ download_url: transcriptionDownloadUrl });
    assert.equal(transcript.contentType, 'text/vtt');
    assert.ok(transcript.text.startsWith('WEBVTT') && transcript.text.includes(topic), transcript.text);
    assert.equal(transcript.sizeBytes, Buffer.byteLength(transcript.text));
    assert.match((await w.own({ download_url: summaryDownloadUrl })).text, /^Summary of /);
    const film = await w.own({ download_url: downloadUrl });
    assert.deepEqual([film.contentType, film.text], ['video/mp4', undefined]);
    assert.ok(film.sizeBytes > 0);
  },
  delete_a_zoho_meeting_recording_by_id: (w) => w.remove(w.known.recording.erecordingId, {
    from: 'list_all_zoho_meeting_recordings' }),

  create_a_zoho_meeting_sdk_session: async (w) => {
    const made = await w.own({ ...session('Embedded'), presenter: w.known.user.zuid });
    checkPlanned(made, 'Embedded', w.known.user);
    w.known.made = made;
  },
  zoho_meeting_sdk_sessions_create_instant: async (w) => {
    const made = await w.own({ conference_type: 'audio' });
    assert.ok(Math.abs(new Date(made.startTimeRfc3339) - w.now) < 120_000, made.startTimeRfc3339);
    w.known.instant = made;
  },
  list_all_zoho_meeting_sdk_sessions: async (w) => {
    assert.deepEqual(distinct(await w.rows(), 'meetingKey').sort(),
      [w.known.made.meetingKey, w.known.instant.meetingKey].sort());
  },

  zoho_meeting_department_audit: async (w) => {
    const { adminUserIds, memberUserIds } = w.known.department;
    const audit = await w.own({ department: 'sales', limit: 500 });
    assert.deepEqual(distinct(audit.results, 'userId').sort(), [...adminUserIds, ...memberUserIds].sort());
    assert.deepEqual([audit.admins, audit.members], [adminUserIds.length, memberUserIds.length]);
    assert.equal(audit.failed, undefined);
  },
  zoho_meeting_presenter_brief: async (w) => {
    const day = (days) => new Date(w.now.getTime() + days * DAY_MS).toISOString().slice(0, 10);
    const brief = await w.own({ presenter: 'Sarah Jenkins', from: day(1), to: day(7), limit: 50 });
    assert.equal(brief.presenter.userId, w.known.user.userId);
    distinct(brief.results, 'meetingKey');
    assert.ok(brief.results.length > 1);
    assert.ok(brief.results.every((row) => row.presenter === w.known.user.zuid && row.agenda));
    assert.equal(brief.failed, undefined);
  },
  zoho_meeting_license_inventory: async (w) => {
    const inventory = await w.own();
    assert.equal(inventory.users_counted, SEED.users);
    assert.equal(Object.values(inventory.by_role).reduce((sum, count) => sum + count), SEED.users);
    assert.equal(inventory.license.licenseType, 'PAID');
    assert.equal(inventory.failed, undefined);
  },
};

// `answers` without what must differ: cursors are sealed anew each time, and what is made now says so.
// Moments that Zoho writes as milliseconds come as numbers or as strings; either is that moment.
export function comparable(answers, now) {
  // What begins now may last an hour.
  const isNow = (ms) => ms - now.getTime() > -10 * 60_000 && ms - now.getTime() < 75 * 60_000;
  const plain = (name, value) => {
    if (Array.isArray(value)) return value.map((item) => plain(name, item));
    if (value !== null && typeof value === 'object') {
      return Object.fromEntries(Object.entries(value)
        // Of an answer without an envelope this is a field like any other.
        .filter(([key]) => key !== 'resourceType')
        .map(([key, member]) => [key, plain(key, member)]));
    }
    if (name === 'next_cursor') return '<cursor>';
    const ms = /Time|Millis|inMs/.test(name) && /^\d{12,13}$/.test(value) ? Number(value) : undefined;
    if (ms !== undefined) return isNow(ms) ? '<now>' : ms;
    if (name.endsWith('Rfc3339') && isNow(Date.parse(value))) return '<now>';
    return value;
  };
  return answers.map((answer) => plain('', answer));
}
